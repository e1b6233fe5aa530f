import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { leafHash, merkleTree, rootOf } from './merkle.ts';

const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

test('is the tree of RFC 9162 for five leaves', () => {
  const leaves = [1, 2, 3, 4, 5].map((each) => leafHash(Buffer.of(each)));
  const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((each) => sha(Buffer.of(0, each))) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const node = (left: Buffer, right: Buffer) => sha(Buffer.of(1), left, right);
  const four = node(node(a, b), node(c, d));
  const { root, paths } = merkleTree(leaves);
  assert.deepEqual(root, node(four, e));
  assert.deepEqual(paths[2], [d, node(a, b), e]);
  assert.deepEqual(paths[4], [four]);
});

test('leads every leaf to the root by its own path, and by no other', () => {
  for (let size = 1; size <= 33; size += 1) {
    const leaves = Array.from({ length: size }, () => leafHash(randomBytes(8)));
    const { root, paths } = merkleTree(leaves);
    for (const [position, leaf] of leaves.entries()) {
      const path = paths[position] ?? [];
      assert.deepEqual(rootOf(leaf, { position, leaves: size, path }), root);
      assert.notDeepEqual(rootOf(leafHash(leaf), { position, leaves: size, path }), root);
      assert.equal(rootOf(leaf, { position, leaves: size, path: [...path, root] }), null);
      if (size > 1) {
        assert.equal(rootOf(leaf, { position, leaves: size, path: path.slice(1) }), null);
        assert.notDeepEqual(rootOf(leaf, { position: (position + 1) % size, leaves: size, path }), root);
      }
    }
    assert.equal(rootOf(leafHash(Buffer.of(1)), { position: size, leaves: size, path: [] }), null);
  }
});
