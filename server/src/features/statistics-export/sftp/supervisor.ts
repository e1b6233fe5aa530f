import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Database, DatabaseLogin } from '../../../platform/database/index.ts';
import type { Keyring } from '../../../platform/keys/index.ts';
import type { Log } from '../../../platform/log/index.ts';
import { readHostKey } from '../host-key.ts';
import { sftpLimits, silenceMs, type SftpLimits } from './limits.ts';
import type { FromSftp, ToSftp } from './messages.ts';

const program = fileURLToPath(new URL('process.ts', import.meta.url));
/** The program itself, and what it uses. It reads no other file, writes none, and starts no process and no thread. */
const readable = ['package.json', 'node_modules/', 'contract/', 'server/package.json', 'server/src/'].map(
  (path) => fileURLToPath(new URL(`../../../../../${path}`, import.meta.url)),
);
/** It lets go of buffers all the time and holds little else: with threads that help to tidy up, it takes a third more of the processors. */
const memory = ['--single-threaded-gc'];
/** Before it is started again. */
const restartMs = 1_000;
/** Until another program, or another node on the same machine, may have let go of the port. */
const portTakenMs = 30_000;
const stopMs = 3_000;
const lookMs = 500;
const startMs = 30_000;

export interface SftpPlace {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly limits?: Partial<SftpLimits>;
}

export interface SupervisorParts extends SftpPlace {
  readonly database: Database;
  readonly keyring: Keyring;
  /** A login that may take on the role `samtal_sftp`. */
  readonly login: DatabaseLogin;
  readonly log: Log;
}

/**
 * Keeps the process that speaks SFTP running: starts it again when it has ended, and ends it when it has not been heard of. A port that is taken is
 * no reason for a node not to do everything else: it says so, and tries again.
 */
export class SftpSupervisor {
  readonly #parts: SupervisorParts;
  #child: ChildProcess | null = null;
  #port: number | null = null;
  /** For how long nothing was heard of the process, as far as this one was there to hear it. */
  #silentMs = 0;
  #lookedAt = 0;
  #watch: NodeJS.Timeout | null = null;
  #next: NodeJS.Timeout | null = null;
  #saidTaken = false;
  #isStopping = false;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** Where it listens; while it does not, where it is to; null when the system is yet to choose. */
  get port(): number | null {
    return this.#port ?? (this.#parts.port === 0 ? null : this.#parts.port);
  }

  /** Of the process, while there is one. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Does not wait until it listens. */
  start(): void {
    this.#watch = setInterval(() => this.#endSilent(), lookMs);
    this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#watch !== null) clearInterval(this.#watch);
    if (this.#next !== null) clearTimeout(this.#next);
    const child = this.#child;
    if (child === null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    this.#tell(child, { kind: 'stop' });
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
    await ended;
    clearTimeout(timer);
  }

  #run(): void {
    const { log } = this.#parts;
    // It is to know what it is told, and nothing else.
    const child = fork(program, [], {
      serialization: 'advanced',
      env: {},
      execArgv: [...memory, '--permission', ...readable.map((path) => `--allow-fs-read=${path}`)],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    // Until it says its first word it may take its time: a machine that is busy starts a process slowly.
    this.#silentMs = -startMs;
    let again = restartMs;
    child.on('message', (message: FromSftp) => {
      this.#silentMs = 0;
      if (message.kind === 'cannot-listen') again = portTakenMs;
      this.#hear(message);
    });
    child.on('error', (error) => log.error('sftp-failed', {}, error));
    child.on('exit', (exitCode, signal) => {
      this.#child = null;
      this.#port = null;
      if (this.#isStopping) return;
      if (again === restartMs) log.error('sftp-ended', { exitCode, signal });
      this.#next = setTimeout(() => this.#run(), again);
    });
    void this.#begin(child);
  }

  async #begin(child: ChildProcess): Promise<void> {
    const { database, keyring, login, host, port, limits, log } = this.#parts;
    try {
      const { openSsh } = await readHostKey(database, keyring);
      this.#tell(child, {
        kind: 'start',
        host,
        port,
        hostKey: openSsh,
        login,
        limits: { ...sftpLimits, ...limits },
      });
    } catch (error) {
      // Such as beside another keyring: there is a command that makes a new one.
      log.error('sftp-host-key-unreadable', {}, error);
      child.kill('SIGKILL');
    }
  }

  #hear(message: FromSftp): void {
    const { log, port } = this.#parts;
    if (message.kind === 'listening') {
      this.#port = message.port;
      this.#saidTaken = false;
      log.info('sftp-started', { port: message.port });
    }
    if (message.kind === 'cannot-listen') {
      // Once, and not again with each try.
      if (!this.#saidTaken) log.warn('sftp-port-unavailable', { port, code: message.code });
      this.#saidTaken = true;
    }
    if (message.kind === 'failed') log.warn(message.event, {}, message.error);
  }

  #endSilent(): void {
    const now = performance.now();
    // Whoever was busy himself has not heard anybody meanwhile: that is no silence.
    this.#silentMs += Math.min(now - this.#lookedAt, 2 * lookMs);
    this.#lookedAt = now;
    const child = this.#child;
    if (child === null || this.#silentMs < silenceMs) return;
    this.#silentMs = -startMs;
    this.#parts.log.error('sftp-silent', { pid: child.pid });
    child.kill('SIGKILL');
  }

  #tell(child: ChildProcess, message: ToSftp): void {
    // One that has just ended hears nothing, and its end is dealt with.
    if (child.connected) child.send(message, () => undefined);
  }
}
