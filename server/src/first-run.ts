import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuiltInRole } from '@samtal/contract/access';

/** What the first start writes down for whoever started it: where to go, and as whom. */
export interface FirstRun {
  readonly url: string;
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly siteKey: string }[];
  readonly users: readonly {
    readonly email: string;
    readonly password: string;
    readonly roles: readonly BuiltInRole[];
    readonly accountId: string;
  }[];
}

/*
 * The file is written before the demo is made, under another name, and gets its own name when the demo is whole. A
 * start that was cut short thus leaves the passwords it had chosen, and the next one carries on with them.
 */
function paths(dataDir: string): { file: string; draft: string } {
  const file = join(dataDir, 'first-run.json');
  return { file, draft: `${file}.draft` };
}

export async function readDraft(dataDir: string): Promise<FirstRun | null> {
  return await readFirstRunAt(paths(dataDir).draft);
}

export async function readFirstRun(dataDir: string): Promise<FirstRun | null> {
  return await readFirstRunAt(paths(dataDir).file);
}

/** Readable by the operator alone, and on disk when it returns. */
export async function writeDraft(dataDir: string, content: FirstRun): Promise<void> {
  const { draft } = paths(dataDir);
  const partial = `${draft}.partial`;
  await rm(partial, { force: true });
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, draft);
  await syncDirectory(dataDir);
}

/** The demo is whole: the draft becomes the file. Returns its path. */
export async function publishDraft(dataDir: string): Promise<string> {
  const { file, draft } = paths(dataDir);
  await rename(draft, file);
  await syncDirectory(dataDir);
  return file;
}

export async function discardDraft(dataDir: string): Promise<void> {
  await rm(paths(dataDir).draft, { force: true });
}

async function readFirstRunAt(path: string): Promise<FirstRun | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as FirstRun;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
