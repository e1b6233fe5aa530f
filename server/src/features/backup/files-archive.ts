import type { KeptContent } from '../media/index.ts';
import { readArchive, writeArchive, type Part } from './archive.ts';

interface Head {
  readonly account: string;
  readonly mediaId: string;
}

/** How many files a set has, and how many rows led to content that was not there, or not whole. */
export interface FileCounts {
  readonly kept: number;
  readonly lacking: number;
}

/** Writes the content of files as it lies in the store, sealed. `counted` is told at the end how many there were. */
export function writeFiles(
  contents: AsyncIterable<KeptContent>,
  counted: (counts: FileCounts) => void,
): AsyncGenerator<Buffer> {
  let [kept, lacking] = [0, 0];
  async function* files(): AsyncGenerator<Part<Head, object>> {
    for await (const { account, mediaId, content } of contents) {
      if (content === null) {
        lacking += 1;
        continue;
      }
      kept += 1;
      yield { head: { account, mediaId }, bytes: content, tail: () => ({}) };
    }
  }
  return writeArchive(files(), (): FileCounts => {
    counted({ kept, lacking });
    return { kept, lacking };
  });
}

/** Gives the reader each file as it comes, which reads it to the end. Answers with how many there were. */
export async function readFiles(
  source: AsyncIterable<Buffer>,
  reader: (file: Head, sealed: AsyncIterable<Buffer>) => Promise<void>,
): Promise<number> {
  let count = 0;
  await readArchive<Head, object, FileCounts>(source, {
    part: async (head, bytes) => await reader(head, bytes),
    partEnd: () => void (count += 1),
    last: async () => {},
  });
  return count;
}
