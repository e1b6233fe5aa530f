import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedOutbox } from './outbox.ts';

const post = {
  cid: '0199a000-0000-7000-8000-000000000001',
  stream: '0199a000-0000-7000-8000-00000000000a:public',
  kind: 'message',
  text: 'Hello',
  writtenAt: 1,
  refused: null,
} as const;

test('keeps posts in memory where nothing can be stored', async () => {
  assert.equal('indexedDB' in globalThis, false, 'Node has no IndexedDB, like a browser that blocks it');
  const outbox = storedOutbox('samtal:test');
  await outbox.put(post);
  assert.deepEqual(await outbox.load(), [post]);
  await outbox.remove(post.cid);
  assert.deepEqual(await outbox.load(), []);
  await outbox.put(post);
  await outbox.clear();
  assert.deepEqual(await outbox.load(), []);
});
