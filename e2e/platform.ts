import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readFirstRun, type FirstRun } from '../server/src/first-run.ts';
import { createLog } from '../server/src/platform/log/index.ts';
import { clearLeftover } from '../server/src/platform/postgres/leftover.ts';
import { cloneTemplate } from '../server/test/database.ts';
import { placeIn } from '../server/test/postgres.ts';
import { freePort } from './free-port.ts';

const launcher = fileURLToPath(new URL('../server/bin/samtal.js', import.meta.url));
const readyWithinMs = 60_000;
const stopWithinMs = 30_000;

export type DemoPerson = FirstRun['users'][number];

export interface PlatformOptions {
  /** Where browsers reach it; its own address when absent. */
  readonly publicUrl?: URL;
  /** By which name browsers reach it on this machine: passkeys belong to a name, and never to an address. */
  readonly hostName?: string;
  /** More `SAMTAL_*` variables, such as an external database. */
  readonly env?: Readonly<Record<string, string>>;
  /** With the PostgreSQL that the platform brings along, instead of a database in that of the tests: it takes longer to start. */
  readonly ownPostgres?: boolean;
}

/**
 * One server of the platform, as an operator runs it: a process of its own, with a data directory and a port that
 * outlive it, so that it can be killed and started again.
 */
export class Platform {
  /** Where the process listens. */
  readonly url: URL;
  /** Where browsers are told to go. */
  readonly publicUrl: URL;
  readonly dataDir: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #dropDatabase: () => Promise<void>;
  #process: ChildProcess | null = null;
  #said = '';

  private constructor(
    url: URL,
    dataDir: string,
    { publicUrl = url, env = {}, dropDatabase }: PlatformOptions & { dropDatabase: () => Promise<void> },
  ) {
    this.url = url;
    this.publicUrl = publicUrl;
    this.dataDir = dataDir;
    this.#env = env;
    this.#dropDatabase = dropDatabase;
  }

  /** Starts it on a free port with an empty data directory, and waits until it is ready. */
  static async start(options: PlatformOptions = {}): Promise<Platform> {
    const url = new URL(`http://127.0.0.1:${await freePort()}`);
    const { hostName, ownPostgres = false, env = {} } = options;
    const named = hostName === undefined ? {} : { publicUrl: new URL(`http://${hostName}:${url.port}`) };
    const dataDir = await mkdtemp(join(tmpdir(), 'samtal-e2e-'));
    const database = ownPostgres || 'SAMTAL_DATABASE_URL' in env ? null : await cloneTemplate();
    const platform = new Platform(url, dataDir, {
      ...named,
      ...options,
      env: database === null ? env : { ...env, SAMTAL_DATABASE_URL: database.url },
      dropDatabase: async () => await database?.drop(),
    });
    try {
      await platform.start();
    } catch (error) {
      await platform.close();
      throw error;
    }
    return platform;
  }

  /** Starts it where it was, after `kill` or `stop`. Returns when it is ready. */
  async start(): Promise<void> {
    this.#said = '';
    const child = this.#spawn('start');
    this.#process = child;
    for (const output of [child.stdout, child.stderr])
      output?.on('data', (part) => (this.#said += String(part)));
    const deadline = Date.now() + readyWithinMs;
    while (!(await this.#isReady())) {
      if (hasEnded(child) || Date.now() > deadline)
        throw new Error(`The server did not get ready:\n${this.#said}`);
      await sleep(50);
    }
  }

  /** The database in the PostgreSQL of the tests, or another one that it was given; undefined where it runs its own. */
  get databaseUrl(): string | undefined {
    return this.#env['SAMTAL_DATABASE_URL'];
  }

  get isRunning(): boolean {
    return this.#process !== null && !hasEnded(this.#process);
  }

  /** Ends it as a power cut would, from one moment to the next. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends it as an operator does. Throws when it does not end well. */
  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM');
    if (code !== 0) throw new Error(`The server ended with ${code}:\n${this.#said}`);
  }

  /** What the server has logged at warn and above since it was started, a line each. */
  complaints(): string[] {
    return this.#said.split('\n').filter((line) => /"level":"(warn|error|fatal)"/.test(line));
  }

  /** Those of its complaints that mean a fault of ours, or of the machine. */
  errors(): string[] {
    return this.complaints().filter(
      (line) => !line.includes('"level":"warn"') || /"name":"\w*(Type|Reference|Range)Error"/.test(line),
    );
  }

  /** Every line that it has logged since it was started. */
  get log(): string {
    return this.#said;
  }

  /** Runs a command of the command line beside it, as its operator does, and answers with what it says as JSON. */
  async command(...args: string[]): Promise<unknown> {
    const child = this.#spawn(...args, '--json');
    const said: Record<'stdout' | 'stderr', string> = { stdout: '', stderr: '' };
    for (const output of ['stdout', 'stderr'] as const)
      child[output]?.on('data', (part) => (said[output] += String(part)));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}:\n${said.stderr}`);
    return JSON.parse(said.stdout);
  }

  /** Whether it has answered a request for this route since it was started. */
  served(route: string): boolean {
    return this.#said.includes(`"route":"${route}"`);
  }

  async firstRun(): Promise<FirstRun> {
    const content = await readFirstRun(join(this.dataDir, 'data'));
    if (content === null) throw new Error('The server has made no demo');
    return content;
  }

  /** Stops it, clears away a database that a killed server left, and removes its data. */
  async close(): Promise<void> {
    try {
      if (this.isRunning) await this.stop();
    } finally {
      await clearLeftover(placeIn(join(this.dataDir, 'data')), createLog({ level: 'error' }));
      await this.#dropDatabase();
      await rm(this.dataDir, { recursive: true, force: true });
    }
  }

  #spawn(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [launcher, ...args], {
      cwd: this.dataDir,
      env: {
        PATH: process.env['PATH'],
        SAMTAL_DATA_DIR: join(this.dataDir, 'data'),
        SAMTAL_PORT: this.url.port,
        SAMTAL_PUBLIC_URL: this.publicUrl.origin,
        // Journeys begin with nothing but people: a past would only take time to count.
        SAMTAL_DEMO: 'bare',
        SAMTAL_SFTP_PORT: 'off',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(new URL('/readyz', this.url))).ok;
    } catch {
      // Nobody listens yet.
      return false;
    }
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#process;
    if (child === null || hasEnded(child)) throw new Error(`The server had ended already:\n${this.#said}`);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const late = sleep(stopWithinMs, null, { ref: false });
    const first = await Promise.race([ended, late]);
    if (first !== null) return first[0];
    child.kill('SIGKILL');
    throw new Error(`The server did not end on ${signal}:\n${this.#said}`);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A test run that is stopped takes its servers with it; each then stops its own database. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
});
