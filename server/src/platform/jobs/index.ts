import { PgBoss } from 'pg-boss';
import { runAlone, type DatabaseAccess } from '../database/index.ts';
import type { Log } from '../log/index.ts';

/** Work done by the clock. It carries no data at all: what there is to do, it finds in the database. */
export interface ScheduledJob {
  /** `feature.what-it-does`; the name of the queue. */
  readonly name: string;
  /** Five fields, UTC (crontab). */
  readonly cron: string;
  readonly run: () => Promise<void>;
}

/**
 * How long a job may take (pg-boss allows no more than a day) and how long its node may be silent before it is tried on
 * another one. Should that node be alive after all, the lock keeps the second from starting beside it.
 */
const patience = { retryLimit: 3, retryBackoff: true, expireInSeconds: 86_400, heartbeatSeconds: 120 };

/**
 * Scheduled work on pg-boss: each job runs on one node at a time, however long it takes, is tried again when it fails, and
 * survives the node that was running it.
 */
export class Jobs {
  readonly #boss: PgBoss;
  readonly #login: DatabaseAccess['login'];
  readonly #log: Log;
  readonly #jobs: readonly ScheduledJob[];

  constructor(connection: DatabaseAccess['login'], jobs: readonly ScheduledJob[], log: Log) {
    const { connectionString, host, port, user, password, database } = connection;
    const target =
      connectionString === undefined
        ? { host, port, user, password: String(password), database }
        : { connectionString };
    this.#boss = new PgBoss({
      ...defined(target),
      schema: 'jobs',
      createSchema: false,
      max: 3,
      application_name: 'samtal-jobs',
    });
    this.#boss.on('error', (error) => log.warn('jobs-disturbed', {}, error));
    this.#login = connection;
    this.#jobs = jobs;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#boss.start();
    for (const { name, cron, run } of this.#jobs) {
      await this.#boss.createQueue(name, { policy: 'singleton', ...patience });
      // One that is there already, from an earlier version, is left as it is by that.
      await this.#boss.updateQueue(name, patience);
      await this.#boss.schedule(name, cron);
      await this.#boss.work(name, { pollingIntervalSeconds: 10 }, async () => {
        const began = Date.now();
        const outcome = await runAlone(this.#login, name, run);
        if (outcome === 'under-way') return this.#log.info('job-under-way', { code: name });
        this.#log.info('job-done', { code: name, durationMs: Date.now() - began });
      });
    }
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, timeout: 10_000 });
  }
}

function defined<Options extends object>(options: Options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Options]: Exclude<Options[Name], undefined>;
  };
}
export { LeasedWork } from './leased-work.ts';
