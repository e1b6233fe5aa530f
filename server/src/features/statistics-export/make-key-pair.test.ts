import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Worker } from 'node:worker_threads';
import ssh2 from 'ssh2';
import { messageOf } from './make-key-pair.ts';
import { soundPair } from './sound-pair.ts';

const threadOf = (program: string) => new Worker(program, { eval: true });

it('waits for no thread that has ended without a word, or with an error', { timeout: 20_000 }, async () => {
  assert.equal(
    await messageOf(threadOf(`require('node:worker_threads').parentPort.postMessage('a pair')`)),
    'a pair',
  );
  await assert.rejects(messageOf(threadOf('process.exit(3)')), /ended with 3/);
  await assert.rejects(messageOf(threadOf(`throw new Error('no memory')`)), /no memory/);
});

it('hands out no pair whose public half lacks a byte', () => {
  // As ssh2 made it.
  const broken = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAH8ixdAQ9Jyemp1SSN7A6BnXPU67XT8n7imyopt00VdA=';
  const good = soundPair(() => ssh2.utils.generateKeyPairSync('ed25519'));
  const made = [{ ...good, public: broken }, { ...good, public: broken }, good];
  assert.equal(
    soundPair(() => made.shift() ?? assert.fail('It goes on')),
    good,
  );
  assert.deepEqual(made, []);
});
