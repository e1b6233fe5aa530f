import type { Database, Statement } from '../../../platform/database/index.ts';
import { Folders, type Folder } from './folders.ts';

export interface PublishedFile {
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly publishedAt: Date;
}

/** How long the folders of an account are remembered. */
const foldersMs = 5_000;
/** Somebody who asks for a folder that is not there may know that it has just come to be. */
const foldersOnMissMs = 500;

/** The published files of accounts, as the database has them. Names are compared there, whole. */
export class Files {
  readonly #database: Database;
  readonly #folders = new Map<string, { readonly readAt: number; readonly folders: Promise<Folders> }>();

  constructor(database: Database) {
    this.#database = database;
  }

  async folder(accountId: string, path: string): Promise<Folder | null> {
    return (
      (await this.knownFolder(accountId, path)) ??
      (await this.#foldersOf(accountId, foldersOnMissMs)).get(path)
    );
  }

  /** One that was there a few seconds ago; null says nothing. */
  async knownFolder(accountId: string, path: string): Promise<Folder | null> {
    return (await this.#foldersOf(accountId, foldersMs)).get(path);
  }

  /** By name. */
  async filesIn(accountId: string, folder: string): Promise<PublishedFile[]> {
    return await this.#database.read(
      accountId,
      async (tx) => await tx.run<PublishedFile>(selectFiles, [accountId, folder]),
    );
  }

  async file(
    accountId: string,
    { folder, name }: { folder: string; name: string },
  ): Promise<PublishedFile | null> {
    const files = await this.#database.read(
      accountId,
      async (tx) => await tx.run<PublishedFile>(selectFile, [accountId, folder, name]),
    );
    return files[0] ?? null;
  }

  /** Some bytes of a file; fewer at its end. Null when it has gone. */
  async part(
    accountId: string,
    { id }: PublishedFile,
    { offset, length }: { offset: number; length: number },
  ): Promise<Buffer | null> {
    return await this.#database.read(
      accountId,
      async (tx) =>
        await tx.bytes(selectPart, [accountId, id, offset + 1, offset + length, rowBytes], length),
    );
  }

  /** What nobody has asked for lately is forgotten. */
  forgetOld(): void {
    for (const [accountId, { readAt }] of this.#folders)
      if (performance.now() - readAt > foldersMs) this.#folders.delete(accountId);
  }

  async #foldersOf(accountId: string, withinMs: number): Promise<Folders> {
    const known = this.#folders.get(accountId);
    if (known !== undefined && performance.now() - known.readAt < withinMs) return await known.folders;
    const folders = this.#readFolders(accountId);
    this.#folders.set(accountId, { readAt: performance.now(), folders });
    // One that failed is read again by whoever asks next.
    folders.catch(() => this.#folders.delete(accountId));
    return await folders;
  }

  async #readFolders(accountId: string): Promise<Folders> {
    const rows = await this.#database.read(
      accountId,
      async (tx) => await tx.run<{ folder: string; modifiedAt: Date }>(selectFolders, [accountId]),
    );
    return new Folders(rows);
  }
}

const columns = 'id, folder, name, size_bytes as "sizeBytes", published_at as "publishedAt"';

const selectFolders: Statement = {
  name: 'sftp-folders',
  text: `select folder, max(published_at) as "modifiedAt" from statistics_file where account_id = $1 group by folder`,
};
const selectFiles: Statement = {
  name: 'sftp-files',
  text: `select ${columns} from statistics_file where account_id = $1 and folder = $2 order by name`,
};
const selectFile: Statement = {
  name: 'sftp-file',
  text: `select ${columns} from statistics_file where account_id = $1 and folder = $2 and name = $3`,
};
/** By rows, so that no message is so large that it has to be put together from many. */
const rowBytes = 65_536;
const selectPart = `select substring(content from at for least($5, $4 + 1 - at)) from statistics_file, generate_series($3, $4, $5) at
  where account_id = $1 and id = $2 and at <= size_bytes order by at`;
