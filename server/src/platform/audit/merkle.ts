import { createHash } from 'node:crypto';

/*
 * The Merkle tree of RFC 9162, section 2.1, over SHA-256: leaves and nodes have different first bytes, so that no node
 * can be taken for a leaf.
 */

export function leafHash(leaf: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(leaf).digest();
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest();
}

/** The root over hashed leaves, one at least, and the path of each of them to it, from below. */
export function merkleTree(leaves: readonly Buffer[]): { root: Buffer; paths: Buffer[][] } {
  const paths: Buffer[][] = leaves.map(() => []);
  const grow = (from: number, to: number): Buffer => {
    const [only] = leaves.slice(from, to);
    if (only === undefined) throw new Error('A tree has one leaf at least');
    if (to - from === 1) return only;
    const middle = from + splitOf(to - from);
    const [left, right] = [grow(from, middle), grow(middle, to)];
    for (let index = from; index < to; index += 1) paths[index]?.push(index < middle ? right : left);
    return nodeHash(left, right);
  };
  return { root: grow(0, leaves.length), paths };
}

/** The root that a leaf at this position of so many has by this path; null when no such path can be. */
export function rootOf(
  leaf: Buffer,
  { position, leaves, path }: { position: number; leaves: number; path: readonly Buffer[] },
): Buffer | null {
  if (position < 0 || position >= leaves) return null;
  const climb = (at: number, size: number, above: readonly Buffer[]): Buffer | null => {
    const sibling = above.at(-1);
    if (size === 1) return sibling === undefined ? leaf : null;
    if (sibling === undefined) return null;
    const split = splitOf(size);
    const isLeft = at < split;
    const below = climb(isLeft ? at : at - split, isLeft ? split : size - split, above.slice(0, -1));
    if (below === null) return null;
    return isLeft ? nodeHash(below, sibling) : nodeHash(sibling, below);
  };
  return climb(position, leaves, path);
}

/** The largest power of two below the size. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
