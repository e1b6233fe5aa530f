import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { messageOf } from './make-key-pair.ts';

const threadOf = (program: string) => new Worker(program, { eval: true });

it('waits for no thread that has ended without a word, or with an error', { timeout: 20_000 }, async () => {
  assert.equal(
    await messageOf(threadOf(`require('node:worker_threads').parentPort.postMessage('a pair')`)),
    'a pair',
  );
  await assert.rejects(messageOf(threadOf('process.exit(3)')), /ended with 3/);
  await assert.rejects(messageOf(threadOf(`throw new Error('no memory')`)), /no memory/);
});
