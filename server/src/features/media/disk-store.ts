import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '../../platform/http/index.ts';
import type { MediaStore, StoredFile } from './media-store.ts';

/*
 * <directory>/<account id>/<media id>        sealed content, whole
 * <directory>/<account id>/<media id>.part   being written, or left behind by a process that died
 *
 * Names are ids of our own making: nothing that anybody gave ever becomes part of a path.
 */
const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const unfinished = '.part';

/** Files on a local disk, or on one that the nodes of a cluster share. */
export function diskStore(directory: string): MediaStore {
  const pathOf = (account: string, mediaId: string) => {
    if (!id.test(account) || !id.test(mediaId)) throw new Error('A file was asked for without proper ids');
    return join(directory, account, mediaId);
  };
  return {
    write: async (account, mediaId, sealed) => {
      const path = pathOf(account, mediaId);
      await mkdir(join(directory, account), { recursive: true, mode: 0o700 });
      const file = await open(path + unfinished, 'wx', 0o600);
      try {
        for await (const piece of sealed) await file.writeFile(piece);
        await file.sync();
      } catch (error) {
        await file.close();
        await rm(path + unfinished, { force: true });
        throw error;
      }
      await file.close();
      await rename(path + unfinished, path);
      await sync(join(directory, account));
      await sync(directory);
    },
    read: async (account, mediaId) => {
      try {
        const file = await open(pathOf(account, mediaId), 'r');
        return file.createReadStream({ highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>;
      } catch (error) {
        if (isAbsent(error)) throw new Refusal('not-found');
        throw error;
      }
    },
    sizeOf: async (account, mediaId) => (await statOf(pathOf(account, mediaId)))?.sizeBytes ?? null,
    remove: async (account, mediaId) => await rm(pathOf(account, mediaId), { force: true }),
    removeAccount: async (account) => {
      if (id.test(account)) await rm(join(directory, account), { recursive: true, force: true });
    },
    async *list() {
      for (const account of await entriesOf(directory)) {
        if (!account.isDirectory() || !id.test(account.name)) continue;
        for (const { name } of await entriesOf(join(directory, account.name))) {
          if (!id.test(name)) continue;
          const file = await statOf(join(directory, account.name, name));
          if (file !== null) yield { account: account.name, mediaId: name, ...file };
        }
      }
    },
    removeUnfinished: async (before) => {
      for (const account of await entriesOf(directory)) {
        if (!account.isDirectory() || !id.test(account.name)) continue;
        const folder = join(directory, account.name);
        for (const { name } of await entriesOf(folder)) {
          if (!name.endsWith(unfinished)) continue;
          const file = await statOf(join(folder, name));
          if (file !== null && file.writtenAt < before) await rm(join(folder, name), { force: true });
        }
      }
    },
  };
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** Null when it was removed meanwhile. */
async function statOf(path: string): Promise<Pick<StoredFile, 'sizeBytes' | 'writtenAt'> | null> {
  try {
    const { size, mtime } = await stat(path);
    return { sizeBytes: size, writtenAt: mtime };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** A file that is on disk while its name is not would be lost with the power. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
