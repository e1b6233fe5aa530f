import { recordAudit, type AuditEvent } from '../../../platform/audit/index.ts';
import type { Database } from '../../../platform/database/index.ts';
import type { PublishedFile } from './files.ts';
import type { SftpLimits } from './limits.ts';
import { aboutSession, type Login } from './login.ts';

const flushMs = 1_000;
/** In one entry of the trail. */
const filesTogether = 50;
/** Entries in one transaction. */
const mostTogether = 50;
/** Between two entries about refusals of one export account. */
const refusalsMs = 60_000;
/** Names that are refused without end must not fill the memory: beyond that many, they are counted together. */
const mostRefused = 1_000;

interface FilesOfSession {
  readonly login: Login;
  readonly opened: Set<string>;
  readonly read: string[];
}

interface Unwritten {
  readonly accountId: string;
  readonly event: AuditEvent;
  readonly since: number;
}

interface Refusals {
  readonly accountId: string;
  readonly exportAccountId: string;
  count: number;
  reason: string;
  writtenAt: number;
}

/**
 * What is done by SFTP, for the audit trail of the account (H2): sessions one by one; files once a second together, so that ten thousand of
 * them are some hundred entries; refusals the first within a second, and then once a minute with their number. So whoever is refused cannot tell by
 * what is written about it that there is such a name.
 * What cannot be written is kept and tried again; whoever asks `isBehind` stops serving before that is too much.
 */
export class Journal {
  readonly #database: Database;
  readonly #failed: (error: unknown) => void;
  readonly #files = new Map<string, FilesOfSession>();
  readonly #refusals = new Map<string, Refusals>();
  readonly #limits: Pick<SftpLimits, 'unwrittenEntries' | 'unwrittenMs'>;
  /** In the order in which it happened. */
  readonly #unwritten: Unwritten[] = [];
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> | null = null;

  constructor(
    database: Database,
    limits: Pick<SftpLimits, 'unwrittenEntries' | 'unwrittenMs'>,
    failed: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#limits = limits;
    this.#failed = failed;
  }

  /** Whether more waits to be written, or for longer, than may get lost. */
  get isBehind(): boolean {
    const { unwrittenEntries, unwrittenMs } = this.#limits;
    const [first] = this.#unwritten;
    return (
      first !== undefined &&
      (this.#unwritten.length > unwrittenEntries || performance.now() - first.since > unwrittenMs)
    );
  }

  start(): void {
    this.#timer = setInterval(() => this.#flush(), flushMs);
  }

  /** What is known has been written, or could not be. */
  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    // What was being written when it failed has this one other try.
    await this.#writing;
    this.#flush({ all: true });
    await this.#writing;
  }

  opened(login: Login, file: PublishedFile): void {
    this.#filesOf(login).opened.add(pathOf(file));
  }

  closed(
    login: Login,
    file: PublishedFile,
    { sentBytes, isComplete }: { sentBytes: number; isComplete: boolean },
  ): void {
    const files = this.#filesOf(login);
    files.opened.delete(pathOf(file));
    files.read.push(`${pathOf(file)} ${sentBytes} ${isComplete ? 'complete' : 'incomplete'}`);
  }

  ended(login: Login, details: { reason: string; files: number; bytes: number; seconds: number }): void {
    this.#flushFiles(login);
    this.#write(login.accountId, [
      {
        action: 'statistics-export.session-ended',
        ...aboutSession(login),
        details: { session: login.sessionId, ...details },
      },
    ]);
  }

  refused(
    { accountId, exportAccountId }: { accountId: string; exportAccountId: string },
    reason: string,
  ): void {
    const known = this.#refusals.get(exportAccountId);
    if (known === undefined && this.#refusals.size >= mostRefused) return;
    const refusals = known ?? { accountId, exportAccountId, count: 0, reason, writtenAt: 0 };
    refusals.count += 1;
    refusals.reason = reason;
    this.#refusals.set(exportAccountId, refusals);
  }

  #flush({ all = false }: { all?: boolean } = {}): void {
    for (const { login } of this.#files.values()) this.#flushFiles(login);
    for (const [id, refusals] of this.#refusals) {
      if (!all && Date.now() - refusals.writtenAt < refusalsMs) continue;
      if (refusals.count > 0) this.#writeRefusals(refusals);
      else this.#refusals.delete(id);
    }
    this.#writeNext();
  }

  #flushFiles(login: Login): void {
    const files = this.#files.get(login.sessionId);
    if (files === undefined) return;
    this.#files.delete(login.sessionId);
    const [opened, read] = [[...files.opened], files.read];
    const events: AuditEvent[] = [];
    for (const [action, all] of [
      ['statistics-export.files-opened', opened],
      ['statistics-export.files-read', read],
    ] as const) {
      for (let at = 0; at < all.length; at += filesTogether) {
        const details = { session: login.sessionId, files: all.slice(at, at + filesTogether) };
        events.push({ action, ...aboutSession(login), details });
      }
    }
    this.#write(login.accountId, events);
  }

  #writeRefusals(refusals: Refusals): void {
    const { accountId, exportAccountId, reason, count } = refusals;
    refusals.count = 0;
    refusals.writtenAt = Date.now();
    this.#write(accountId, [
      {
        action: 'statistics-export.login-refused',
        actor: { kind: 'unknown' },
        subject: { kind: 'export-account', id: exportAccountId },
        details: { reason, count },
      },
    ]);
  }

  #filesOf(login: Login): FilesOfSession {
    const known = this.#files.get(login.sessionId) ?? { login, opened: new Set<string>(), read: [] };
    this.#files.set(login.sessionId, known);
    return known;
  }

  #write(accountId: string, events: readonly AuditEvent[]): void {
    const since = performance.now();
    for (const event of events) this.#unwritten.push({ accountId, event, since });
    this.#writeNext();
  }

  #writeNext(): void {
    if (this.#unwritten.length === 0) return;
    this.#writing ??= this.#writeAll()
      .catch(this.#failed)
      .finally(() => (this.#writing = null));
  }

  async #writeAll(): Promise<void> {
    for (let [next] = this.#unwritten; next !== undefined; [next] = this.#unwritten) {
      const { accountId } = next;
      const other = this.#unwritten.findIndex((each) => each.accountId !== accountId);
      const together = this.#unwritten.slice(0, other === -1 ? mostTogether : Math.min(other, mostTogether));
      await this.#database.transaction(
        accountId,
        async (tx) => await recordAudit(tx, accountId, ...together.map(({ event }) => event)),
      );
      this.#unwritten.splice(0, together.length);
    }
  }
}

function pathOf({ folder, name }: PublishedFile): string {
  return `${folder}/${name}`;
}
