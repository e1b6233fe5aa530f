import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { BackupError } from './errors.ts';

export interface WrittenFile {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Writes a new file (mode 0600) that is on disk when this returns. */
export async function writeFileDurably(path: string, source: AsyncIterable<Buffer>): Promise<WrittenFile> {
  const handle = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new BackupError('backup-missing', `The backup cannot be written to ${path}`, { cause });
  });
  try {
    const hash = createHash('sha256');
    let sizeBytes = 0;
    for await (const chunk of source) {
      hash.update(chunk);
      sizeBytes += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
    return { sizeBytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}
