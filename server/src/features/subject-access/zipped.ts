import { addAbortSignal, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZippedFile {
  readonly path: string;
  readonly content: AsyncIterable<string | Buffer>;
  /** What is compressed already is stored as it is. */
  readonly packing: 'compressed' | 'stored';
}

/**
 * A ZIP archive of these files, made while it is read: the next one is asked for when the last one has been read to its end.
 * The directory comes last, so that an archive that was cut short opens nowhere.
 */
export async function* zipped(files: AsyncIterable<ZippedFile>, madeAt: Date): AsyncGenerator<Buffer> {
  const archive = new ZipFile();
  // It is a PassThrough, which its declaration says no more than half of.
  const output = archive.outputStream as Readable;
  archive.on('error', (error: Error) => output.destroy(error));
  const leaving = new AbortController();
  const filled = fill(archive, files, { madeAt, signal: leaving.signal }).catch((error: unknown) =>
    output.destroy(
      error instanceof Error ? error : new Error('An archive could not be made', { cause: error }),
    ),
  );
  try {
    yield* output as AsyncIterable<Buffer>;
  } finally {
    // Whoever reads may go away half way: what is open is closed.
    leaving.abort();
    await filled;
  }
}

async function fill(
  archive: ZipFile,
  files: AsyncIterable<ZippedFile>,
  { madeAt, signal }: { madeAt: Date; signal: AbortSignal },
): Promise<void> {
  for await (const { path, content, packing } of files) {
    const stream = addAbortSignal(signal, Readable.from(content, { objectMode: false }));
    archive.addReadStream(stream, path, {
      mtime: madeAt,
      compress: packing === 'compressed',
      mode: 0o100600,
    });
    await finished(stream, { writable: false });
  }
  archive.end();
}
