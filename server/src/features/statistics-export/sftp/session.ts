import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileEntry, SFTPWrapper } from 'ssh2';
import ssh2 from 'ssh2';
import { attributesOfFile, attributesOfFolder, entry, noAttributes } from './attributes.ts';
import type { Files } from './files.ts';
import type { Login } from './login.ts';
import type { Journal } from './journal.ts';
import type { SftpLimits } from './limits.ts';
import { OpenFile } from './open-file.ts';
import type { Budget } from './budget.ts';
import type { Pace } from './pace.ts';
import { longestPath, placeOf, readPath, writePath } from './paths.ts';
import { sendBytes, tellLimits } from './ssh2-internals.ts';

const { STATUS_CODE: status, OPEN_MODE: mode } = ssh2.utils.sftp;
/** In one answer: most clients ask for 32 KiB, and OpenSSH for as much as it is told. A part of a file holds several whole ones. */
const longestRead = 128 * 1_024;
const namesTogether = 100;
const readOnly: number = mode.READ;
/** Of the handles that are given out. */
const handleBytes = 8;

export interface SessionParts {
  readonly files: Files;
  readonly journal: Journal;
  readonly limits: SftpLimits;
  readonly login: Login;
  readonly budget: Budget;
  /** Of opening files, on all channels of the connection. */
  readonly pace: Pace;
  /** Bytes that the client still takes before it has to say so. */
  readonly hasRoom: () => boolean;
  readonly requested: () => void;
  /** Something that no client does by mistake: the connection ends. */
  readonly abused: (reason: string) => void;
  readonly failed: (error: unknown) => void;
}

type Handle = OpenFile | { readonly entries: FileEntry[] };

/**
 * One channel of SFTP (version 3, draft-ietf-secsh-filexfer-02) on the published files of one account. It reads and lists; everything
 * that would change something is refused.
 */
export class SftpSession {
  readonly #sftp: SFTPWrapper;
  readonly #parts: SessionParts;
  readonly #handles = new Map<string, Handle>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #isServing = false;
  #isPaused = false;
  #isEnded = false;
  /** What went out in all. */
  readonly totals = { files: 0, bytes: 0 };

  constructor(sftp: SFTPWrapper, parts: SessionParts) {
    this.#sftp = sftp;
    this.#parts = parts;
    this.#listen();
  }

  /** Serves what waited for room. */
  pump(): void {
    if (this.#isServing || this.#isEnded) return;
    this.#isServing = true;
    void this.#serveWaiting();
  }

  /** Answers nothing any more: the connection is on its way out. */
  pause(): void {
    this.#isPaused = true;
    this.#waiting.length = 0;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#waiting.length = 0;
    for (const handle of this.#handles.values()) this.#release(handle);
    this.#handles.clear();
  }

  #listen(): void {
    const sftp = this.#sftp;
    sftp.on('REALPATH', (id, path) => this.#answerPath(id, path, () => this.#realPath(id, path)));
    // There are no links, so that both are the same.
    sftp.on('STAT', (id, path) => this.#answerPath(id, path, () => this.#stat(id, path)));
    sftp.on('LSTAT', (id, path) => this.#answerPath(id, path, () => this.#stat(id, path)));
    sftp.on('OPENDIR', (id, path) => this.#answerPath(id, path, () => this.#openFolder(id, path)));
    sftp.on('OPEN', (id, path, flags) => this.#answerPath(id, path, () => this.#openFile(id, path, flags)));
    sftp.on('READDIR', (id, handle) => this.#answerHandle(id, handle, (name) => this.#readFolder(id, name)));
    sftp.on('FSTAT', (id, handle) => this.#answerHandle(id, handle, (name) => this.#statHandle(id, name)));
    sftp.on('READ', (id, handle, offset, length) =>
      this.#answerHandle(id, handle, (name) => this.#read(id, { name, offset, length })),
    );
    sftp.on('CLOSE', (id, handle) => this.#answerHandle(id, handle, (name) => this.#close(id, name)));
    for (const request of [
      'WRITE',
      'SETSTAT',
      'FSETSTAT',
      'REMOVE',
      'MKDIR',
      'RMDIR',
      'RENAME',
      'SYMLINK',
    ] as const)
      // One listener for requests of several shapes, of which each begins with its number.
      (sftp.on as (name: string, listener: (id: number) => void) => void)(request, (id) =>
        this.#answer(id, () => sftp.status(id, status.PERMISSION_DENIED)),
      );
    const told = { readBytes: longestRead, handles: this.#parts.limits.handles };
    tellLimits(sftp, told, (id, send) => this.#answer(id, send));
    sftp.on('READLINK', (id) => this.#answer(id, () => sftp.status(id, status.OP_UNSUPPORTED)));
    sftp.on('error', this.#parts.failed);
  }

  /** What is too long for anything here is not kept until its turn comes: requests may be as large as a packet. */
  #answerPath(id: number, path: string, work: () => Promise<void> | void): void {
    this.#answer(id, path.length > longestPath ? () => this.#sftp.status(id, status.NO_SUCH_FILE) : work);
  }

  #answerHandle(id: number, handle: Buffer, work: (name: string) => Promise<void> | void): void {
    // Copied: the bytes that came are a part of their packet, which would be kept with them.
    const name = handle.length === handleBytes ? handle.toString('hex') : '';
    this.#answer(id, () => work(name));
  }

  /** In the order in which they were asked, one after the other, and only while the client takes the answers. */
  #answer(id: number, work: () => Promise<void> | void): void {
    const { limits, requested, abused, failed } = this.#parts;
    if (this.#isPaused || this.#isEnded) return;
    requested();
    if (this.#waiting.length >= limits.waitingRequests) {
      abused('too-many-requests');
      return;
    }
    this.#waiting.push(async () => {
      try {
        await work();
      } catch (error) {
        failed(error);
        this.#sftp.status(id, status.FAILURE);
      }
    });
    this.pump();
  }

  async #serveWaiting(): Promise<void> {
    try {
      while (!this.#isEnded && this.#parts.hasRoom()) {
        const next = this.#waiting.shift();
        if (next === undefined) break;
        await next();
      }
    } finally {
      // At once, and not when somebody hears of it: what is asked in between would wait for ever.
      this.#isServing = false;
    }
  }

  #realPath(id: number, path: string): void {
    const steps = readPath(path);
    if (steps === null) this.#sftp.status(id, status.NO_SUCH_FILE);
    else
      this.#sftp.name(id, [{ filename: writePath(steps), longname: writePath(steps), attrs: noAttributes }]);
  }

  async #stat(id: number, path: string): Promise<void> {
    const found = await this.#find(path);
    if (found === null) this.#sftp.status(id, status.NO_SUCH_FILE);
    else this.#sftp.attrs(id, found.attributes);
  }

  async #openFolder(id: number, path: string): Promise<void> {
    const found = await this.#find(path);
    if (found === null || found.kind === 'file') this.#sftp.status(id, status.NO_SUCH_FILE);
    else if (this.#handles.size >= this.#parts.limits.handles) this.#sftp.status(id, status.FAILURE);
    else this.#sftp.handle(id, this.#keep({ entries: await this.#entriesOf(found.folder, found.folders) }));
  }

  #readFolder(id: number, name: string): void {
    const open = this.#handles.get(name);
    if (open === undefined || open instanceof OpenFile) this.#sftp.status(id, status.FAILURE);
    else if (open.entries.length === 0) this.#sftp.status(id, status.EOF);
    else this.#sftp.name(id, open.entries.splice(0, namesTogether));
  }

  async #openFile(id: number, path: string, flags: number): Promise<void> {
    const waitMs = this.#parts.pace.take(performance.now());
    if (waitMs > 0) await sleep(waitMs);
    if (this.#isEnded) return;
    const found = await this.#find(path);
    // What was opened now nobody would close again.
    if (this.#isEnded) return;
    if (flags !== readOnly) this.#sftp.status(id, status.PERMISSION_DENIED);
    else if (found === null) this.#sftp.status(id, status.NO_SUCH_FILE);
    else if (found.kind === 'folder' || this.#handles.size >= this.#parts.limits.handles)
      this.#sftp.status(id, status.FAILURE);
    else {
      const { files, budget, journal, login } = this.#parts;
      const { accountId, sessionId: owner } = login;
      journal.opened(login, found.file);
      this.#sftp.handle(id, this.#keep(new OpenFile({ files, budget, accountId, owner }, found.file)));
    }
  }

  #statHandle(id: number, name: string): void {
    const open = this.#handles.get(name);
    if (open instanceof OpenFile) this.#sftp.attrs(id, attributesOfFile(open.file));
    else this.#sftp.status(id, status.FAILURE);
  }

  async #read(
    id: number,
    { name, offset, length }: { name: string; offset: number; length: number },
  ): Promise<void> {
    const open = this.#handles.get(name);
    if (!(open instanceof OpenFile)) {
      this.#sftp.status(id, status.FAILURE);
      return;
    }
    const bytes = await open.read(offset, Math.min(length, longestRead));
    if (this.#isEnded) return;
    if (bytes === null) this.#sftp.status(id, status.EOF);
    else sendBytes(this.#sftp, id, bytes);
  }

  #close(id: number, name: string): void {
    const open = this.#handles.get(name);
    if (open === undefined) {
      this.#sftp.status(id, status.FAILURE);
      return;
    }
    this.#handles.delete(name);
    this.#release(open);
    this.#sftp.status(id, status.OK);
  }

  #keep(handle: Handle): Buffer {
    const name = randomBytes(handleBytes);
    this.#handles.set(name.toString('hex'), handle);
    return name;
  }

  #release(handle: Handle): void {
    if (!(handle instanceof OpenFile)) return;
    handle.end();
    this.totals.files += 1;
    this.totals.bytes += handle.sentBytes;
    this.#parts.journal.closed(this.#parts.login, handle.file, handle);
  }

  async #find(asked: string) {
    const steps = readPath(asked);
    if (steps === null) return null;
    const { files, login } = this.#parts;
    const { accountId } = login;
    const path = steps.join('/');
    // Clients ask for folders again and again, and what is a folder is no file.
    const known = await files.knownFolder(accountId, path);
    const place = placeOf(steps);
    const file = known === null && place.kind === 'either' ? await files.file(accountId, place) : null;
    if (file !== null) return { kind: 'file' as const, file, attributes: attributesOfFile(file) };
    const folder = known ?? (await files.folder(accountId, path));
    if (folder === null) return null;
    const { folders, modifiedAt } = folder;
    return { kind: 'folder' as const, folder: path, folders, attributes: attributesOfFolder(modifiedAt) };
  }

  async #entriesOf(path: string, folders: readonly string[]): Promise<FileEntry[]> {
    const { files, login } = this.#parts;
    const below = await Promise.all(
      folders.map(async (name) => {
        const folder = await files.folder(login.accountId, path === '' ? name : `${path}/${name}`);
        return entry(name, attributesOfFolder(folder?.modifiedAt ?? new Date(0)));
      }),
    );
    const here = path === '' ? [] : await files.filesIn(login.accountId, path);
    return [...below, ...here.map((file) => entry(file.name, attributesOfFile(file)))];
  }
}
