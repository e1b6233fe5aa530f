import { sql } from 'kysely';
import type { Database } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { appendCheckpoints, lastNumberIn } from './checkpoint-files.ts';
import { makeCheckpoint, type CheckpointKeys } from './make-checkpoint.ts';
import { readCheckpointsAfter, readLastCheckpoint } from './read-checkpoints.ts';

const roundMs = 60_000;
const batch = 100;

export interface KeeperParts {
  readonly database: Database;
  readonly keys: () => Promise<CheckpointKeys>;
  /** The second place. */
  readonly directory: string;
  readonly log: Log;
}

/**
 * Makes a checkpoint every hour, whichever node is first, and keeps a copy of each on this node, outside the database.
 */
export class CheckpointKeeper {
  readonly #parts: KeeperParts;
  /** The newest checkpoint in the directory; null before it was looked for. */
  #known: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#keep().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, roundMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #keep(): Promise<void> {
    try {
      this.#known = await keepCheckpoints(
        this.#parts,
        'hourly',
        this.#known ?? (await lastNumberIn(this.#parts.directory)),
      );
    } catch (error) {
      // The next round tries again.
      this.#parts.log.warn('audit-checkpoint-failed', {}, error);
    }
  }
}

/**
 * Makes a checkpoint, `hourly` only when the last one is an hour old, and copies to the directory what it does not have.
 * Makes none when the directory has newer ones than the database: then the database was put back to an older state, and
 * signing that would make it right; `resume` does just that, with a number behind all of them, so that those which the
 * database has lost count no more. `known` is the newest one in the directory; returns which one is it then.
 */
export async function keepCheckpoints(
  { database, keys, directory, log }: KeeperParts,
  when: 'hourly' | 'now' | 'resume',
  known: number,
): Promise<number> {
  const made = await database.transaction('platform', async (tx) => {
    const last = (await readLastCheckpoint(tx))?.number ?? 0;
    if (known > last) return when === 'resume' ? await makeCheckpoint(tx, await keys(), known + 1) : 'lost';
    const { rows } = await sql<{ due: boolean }>`
      select not exists (select from audit_checkpoint where at > now() - interval '1 hour') as due`.execute(
      tx.sql,
    );
    return when !== 'hourly' || rows[0]?.due === true ? await makeCheckpoint(tx, await keys()) : null;
  });
  if (made === 'lost') {
    log.error('audit-checkpoints-lost', { count: known });
    return known;
  }
  for (const { account } of made?.unfit ?? []) log.error('audit-head-unfit', { accountId: account });
  for (let last = known; ;) {
    const some = await database.read('platform', async (tx) => await readCheckpointsAfter(tx, last, batch));
    await appendCheckpoints(directory, some);
    last = some.at(-1)?.number ?? last;
    if (some.length < batch) return last;
  }
}
