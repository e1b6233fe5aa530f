import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { it } from 'node:test';
import { createTestDatabase } from '../database.ts';
import { startTestNode } from '../node.ts';

it('a node that stops does not wait for connections that nobody has used', async (t) => {
  const db = await createTestDatabase();
  t.after(() => db.close());
  const node = await startTestNode(db);
  const unused = connect(Number(node.url.port), '127.0.0.1');
  await once(unused, 'connect');
  const ended = once(unused, 'close');
  const began = performance.now();
  await node.stop();
  await ended;
  // Left to itself such a connection lasts for half a minute and more.
  assert.ok(performance.now() - began < 20_000);
});
