import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyStore } from './key-store.ts';

const ending = '.json';

/** A directory for each owner, a file (mode 0600) for each record. Several processes may share it, over NFS too. */
export class DirectoryKeyStore implements KeyStore {
  readonly location: string;

  constructor(directory: string) {
    this.location = directory;
  }

  async read(owner: string, name: string): Promise<string | null> {
    try {
      return await readFile(this.#path(owner, name), 'utf8');
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async insert(owner: string, name: string, content: string): Promise<void> {
    await this.#makeDirectory(owner);
    await insertFile(this.#path(owner, name), content);
  }

  async replace(owner: string, name: string, content: string): Promise<void> {
    await this.#makeDirectory(owner);
    const path = this.#path(owner, name);
    const draft = await writeDraft(path, content);
    await blotting(path, async () => {
      await rename(draft, path);
      await syncDirectory(join(this.location, owner));
    });
  }

  async remove(owner: string, name: string): Promise<void> {
    const path = this.#path(owner, name);
    await blotting(path, async () => {
      await rm(path, { force: true });
      await syncDirectory(join(this.location, owner)).catch(unlessAbsent);
    });
  }

  async owners(): Promise<string[]> {
    const entries = await readdir(this.location, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }

  async names(owner: string): Promise<string[]> {
    const files = (await readdir(join(this.location, owner)).catch(unlessAbsent)) ?? [];
    return files.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  }

  async close(): Promise<void> {}

  async #makeDirectory(owner: string): Promise<void> {
    const made = await mkdir(join(this.location, owner), { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncDirectory(this.location);
  }

  #path(owner: string, name: string): string {
    return join(this.location, owner, `${name}${ending}`);
  }
}

/** Writes a file unless it exists: whole or not at all, and on disk with its name when this returns. */
export async function insertFile(path: string, content: string): Promise<void> {
  const draft = await writeDraft(path, content);
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
  await syncDirectory(join(path, '..'));
}

async function writeDraft(path: string, content: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

/** Does what takes the file away, and then fills what it was with zeros: its blocks may lie about for long. */
async function blotting(path: string, takeAway: () => Promise<void>): Promise<void> {
  const handle = (await open(path, 'r+').catch(unlessAbsent)) ?? null;
  try {
    await takeAway();
    if (handle === null) return;
    await handle.write(Buffer.alloc((await handle.stat()).size), 0, null, 0);
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

/** A file that is on disk while its name is not would be lost with the power. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function unlessAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}
