import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readFirstRun, type FirstRun } from '../src/first-run.ts';
import { hasCode } from '../src/platform/postgres/processes.ts';
import { clearLeftover } from '../src/platform/postgres/leftover.ts';
import { createLog } from '../src/platform/log/index.ts';
import { freePort } from './node.ts';
import { placeIn } from './postgres.ts';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The server as an operator runs it: a process of its own on a data directory, which outlives it when it is killed. */
export class ServerProcess {
  readonly url: URL;
  /** What the server keeps; everything that it ever wrote is below this directory. */
  readonly dataDir: string;
  /** What all its runs have written to their outputs. */
  log = '';
  #process: ChildProcess | null = null;

  private constructor(url: URL, dataDir: string) {
    this.url = url;
    this.dataDir = dataDir;
  }

  /** Starts one on a new data directory, and waits until it is ready. */
  static async start(): Promise<ServerProcess> {
    const url = new URL(`http://127.0.0.1:${await freePort()}`);
    const server = new ServerProcess(url, await mkdtemp(join(tmpdir(), 'samtal-test-server-')));
    server.run();
    await server.ready();
    return server;
  }

  /** Starts it again on what is there. */
  run(): void {
    const child = this.#spawn('start');
    for (const output of [child.stdout, child.stderr])
      output?.setEncoding('utf8').on('data', (text: string) => void (this.log += text));
    this.#process = child;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Waits until it can do its work. */
  async ready(withinMs = 60_000): Promise<void> {
    const until = Date.now() + withinMs;
    while (!(await this.#isReady())) {
      if (!this.isRunning) throw new Error(`The server has ended: ${this.log.slice(-4_000)}`);
      if (Date.now() > until) throw new Error(`The server did not become ready: ${this.log.slice(-4_000)}`);
      await sleep(50);
    }
  }

  /** Ends it as losing the power would, as far as the process is concerned. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the database's first process the same way, once there is one: it may be on its way back from the last time. */
  async killPostmaster(): Promise<void> {
    const until = Date.now() + 60_000;
    while (!(await this.#killsPostmaster())) {
      if (Date.now() > until) throw new Error(`There is no database: ${this.log.slice(-4_000)}`);
      await sleep(50);
    }
  }

  async #killsPostmaster(): Promise<boolean> {
    try {
      const file = await readFile(join(this.dataDir, 'postgres/cluster/postmaster.pid'), 'utf8');
      const pid = Number.parseInt(file, 10);
      return pid > 1 && process.kill(pid, 'SIGKILL');
    } catch (error) {
      // The file is there before and after the process is.
      if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return false;
      throw error;
    }
  }

  /** Stops it in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Runs one command of the command line on the data directory, and answers with its exit code and output. */
  async command(...args: string[]): Promise<{ code: number | null; output: string }> {
    const child = this.#spawn(...args);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => void (output += text));
    await once(child, 'close');
    return { code: child.exitCode, output };
  }

  async firstRun(): Promise<FirstRun> {
    const firstRun = await readFirstRun(this.dataDir);
    if (firstRun === null) throw new Error('The first start wrote nothing down');
    return firstRun;
  }

  /** Kills what still runs, and removes everything. */
  async remove(): Promise<void> {
    await this.kill();
    await clearLeftover(placeIn(this.dataDir), createLog({ destination: { write: () => undefined } }));
    await rm(this.dataDir, { recursive: true, force: true });
  }

  #spawn(...args: string[]): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      cwd: this.dataDir,
      env: {
        PATH: process.env['PATH'],
        SAMTAL_DATA_DIR: this.dataDir,
        SAMTAL_PORT: this.url.port,
        // Proofs begin with nothing but people.
        SAMTAL_DEMO: 'bare',
        SAMTAL_SFTP_PORT: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async #isReady(): Promise<boolean> {
    try {
      const { status } = await fetch(new URL('/readyz', this.url), { signal: AbortSignal.timeout(3_000) });
      return status === 200;
    } catch {
      // Nobody listens yet, or whoever did was killed.
      return false;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === null || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
