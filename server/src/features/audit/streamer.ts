import { randomUUID } from 'node:crypto';
import { sql, type Selectable, type UpdateObject } from 'kysely';
import type { Database, Tables } from '../../platform/database/index.ts';
import { LeasedWork } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { nextBatch } from './batch.ts';
import { deliver, type DeliveryParts } from './deliver.ts';
import { failureCode } from './delivery-error.ts';

/** Longer than any attempt takes: connecting, securing and sending have ten seconds each. */
const leaseSeconds = 60;
const longestWaitSeconds = 900;

type Destination = Selectable<Tables['audit_destination']>;

export interface StreamerParts extends DeliveryParts {
  readonly database: Database;
  readonly log: Log;
}

/**
 * Sends the trail to its destinations as it grows. At least once and in order: one node at a time has the lease of a
 * destination, and its place moves on when a batch has arrived. One that fails is tried again, later and later, and holds
 * back nobody else.
 */
export class AuditStreamer {
  readonly #parts: StreamerParts;
  readonly #work: LeasedWork<Destination>;

  constructor(parts: StreamerParts) {
    this.#parts = parts;
    this.#work = new LeasedWork({
      claim: async () => await claim(parts.database),
      tend: async (item) => await this.#deliver(item),
      disturbed: (error) => parts.log.warn('audit-stream-disturbed', {}, error),
    });
  }

  start(): void {
    this.#work.start();
  }

  async stop(): Promise<void> {
    await this.#work.stop();
  }

  /** Sends batch after batch while there are any. Never throws. */
  async #deliver(claimed: Destination): Promise<void> {
    const { database, log } = this.#parts;
    const { account_id: account } = claimed;
    let destination = claimed;
    let place = { seq: destination.delivered_seq, checkpoint: destination.delivered_checkpoint };
    try {
      for (;;) {
        const batch = await database.read('platform', async (tx) => await nextBatch(tx, account, place));
        if (batch === null || this.#work.isStopped) break;
        await deliver(this.#parts, destination, batch);
        place = { seq: batch.seq, checkpoint: batch.checkpoint?.number ?? place.checkpoint };
        if (!(await moveOn(database, destination, place))) return;
        destination = { ...destination, failures: 0, failing_since: null };
      }
      await release(database, destination);
    } catch (error) {
      const code = failureCode(error);
      log.warn('audit-stream-failing', { accountId: account, code, attempt: destination.failures + 1 });
      await fail(database, destination, code).catch((failed: unknown) =>
        log.warn('audit-stream-disturbed', { accountId: account }, failed),
      );
    }
  }
}

/** A destination that has something to be sent, and that nobody else is sending to; null when there is none. */
async function claim(database: Database): Promise<Destination | null> {
  return await database.transaction('platform', async (tx) => {
    const { rows } = await sql<{ account_id: string; id: string }>`
      select d.account_id, d.id from audit_destination d
      where d.active and d.next_try_at <= now() and (d.leased_until is null or d.leased_until < now())
        and (exists (select from audit_head head where head.account_id = d.account_id and head.seq > d.delivered_seq)
          or exists (select from audit_checkpoint_leaf leaf where leaf.account_id = d.account_id
            and leaf.checkpoint > d.delivered_checkpoint and leaf.seq <= d.delivered_seq))
      order by d.next_try_at limit 1 for update of d skip locked`.execute(tx.sql);
    const [due] = rows;
    if (due === undefined) return null;
    return (
      (await tx.sql
        .updateTable('audit_destination')
        .set({ lease: randomUUID(), leased_until: inSeconds(leaseSeconds) })
        .where('account_id', '=', due.account_id)
        .where('id', '=', due.id)
        .returningAll()
        .executeTakeFirst()) ?? null
    );
  });
}

/** Whether the place was moved: not when the lease has gone to somebody else, or the destination is gone or paused. */
async function moveOn(
  database: Database,
  destination: Destination,
  { seq, checkpoint }: { seq: number; checkpoint: number },
): Promise<boolean> {
  const moved = await update(database, destination, {
    delivered_seq: seq,
    delivered_checkpoint: checkpoint,
    delivered_at: sql<Date>`now()`,
    failures: 0,
    failing_since: null,
    failure: null,
    leased_until: inSeconds(leaseSeconds),
  });
  return moved?.active === true;
}

async function release(database: Database, destination: Destination): Promise<void> {
  await update(database, destination, { lease: null, leased_until: null });
}

async function fail(database: Database, destination: Destination, code: string): Promise<void> {
  const failures = destination.failures + 1;
  const wait = Math.min(longestWaitSeconds, 2 ** Math.min(failures, 20)) * (0.75 + Math.random() / 2);
  await update(database, destination, {
    failures,
    failing_since: destination.failing_since ?? sql<Date>`now()`,
    failure: code,
    next_try_at: inSeconds(wait),
    lease: null,
    leased_until: null,
  });
}

async function update(
  database: Database,
  { account_id: account, id, lease }: Destination,
  values: UpdateObject<Tables, 'audit_destination'>,
): Promise<{ active: boolean } | undefined> {
  return await database.transaction(
    'platform',
    async (tx) =>
      await tx.sql
        .updateTable('audit_destination')
        .set(values)
        .where('account_id', '=', account)
        .where('id', '=', id)
        .where('lease', '=', lease)
        .returning('active')
        .executeTakeFirst(),
  );
}

function inSeconds(seconds: number) {
  return sql<Date>`now() + make_interval(secs => ${seconds})`;
}
