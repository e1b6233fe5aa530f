import { createReadStream } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CheckpointWithLeaves } from './read-checkpoints.ts';

/*
 * Checkpoints in a second place: a directory outside the database, a file for each month, a line of JSON for each
 * checkpoint, only ever appended to. A line has the ends of those chains that had grown since the line before.
 */

interface Line {
  readonly number: number;
  readonly at: string;
  readonly leaves: number;
  readonly root: string;
  readonly follows: number;
  readonly previous: string;
  readonly key: string;
  readonly signature: string;
  readonly proves: readonly {
    readonly account: string;
    readonly seq: number;
    readonly hash: string;
    readonly position: number;
    readonly path: readonly string[];
  }[];
}

/** Appends, and returns when it is on disk. */
export async function appendCheckpoints(
  directory: string,
  checkpoints: readonly CheckpointWithLeaves[],
): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const byMonth = Map.groupBy(checkpoints, ({ at }) => at.toISOString().slice(0, 7));
  for (const [month, some] of byMonth) {
    const file = await open(join(directory, `${month}.jsonl`), 'a', 0o600);
    try {
      // A line break first ends what a crash may have left half written; empty lines mean nothing.
      await file.appendFile(some.map((each) => `\n${JSON.stringify(lineOf(each))}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Every checkpoint in the directory, in the order of writing. Lines that are none are counted, not read. */
export async function* readCheckpointFiles(
  directory: string,
): AsyncGenerator<CheckpointWithLeaves | 'unreadable'> {
  for (const name of await monthsOf(directory)) {
    const lines = createInterface({ input: createReadStream(join(directory, name)), crlfDelay: Infinity });
    for await (const line of lines) if (line !== '') yield checkpointOf(line) ?? 'unreadable';
  }
}

/** The highest number in the directory; 0 when there is none. */
export async function lastNumberIn(directory: string): Promise<number> {
  let last = 0;
  for await (const checkpoint of readCheckpointFiles(directory))
    if (checkpoint !== 'unreadable') last = Math.max(last, checkpoint.number);
  return last;
}

async function monthsOf(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^\d{4}-\d\d\.jsonl$/.test(name)).toSorted();
}

function lineOf({ proves, at, root, previous, keyHash, signature, ...numbers }: CheckpointWithLeaves): Line {
  const hex = (bytes: Buffer) => bytes.toString('hex');
  return {
    ...numbers,
    at: at.toISOString(),
    root: hex(root),
    previous: hex(previous),
    key: hex(keyHash),
    signature: hex(signature),
    proves: proves.map((leaf) => ({ ...leaf, hash: hex(leaf.hash), path: leaf.path.map(hex) })),
  };
}

function checkpointOf(text: string): CheckpointWithLeaves | null {
  const bytes = (hex: string) => Buffer.from(hex, 'hex');
  try {
    const { proves, at, root, previous, key, signature, ...numbers } = JSON.parse(text) as Line;
    return {
      ...numbers,
      at: new Date(at),
      root: bytes(root),
      previous: bytes(previous),
      keyHash: bytes(key),
      signature: bytes(signature),
      proves: proves.map((leaf) => ({ ...leaf, hash: bytes(leaf.hash), path: leaf.path.map(bytes) })),
    };
  } catch {
    // Half a line, or something else altogether: it proves nothing, and the verifier says that it is there.
    return null;
  }
}
