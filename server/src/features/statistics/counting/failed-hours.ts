import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../../platform/database/index.ts';

/*
 *   stale ──cannot be counted──▶ failed ──its time has come──▶ tried again: counted ──▶ no longer failed
 *                                  ▲                                        └─ not ─┐
 *                                  └──────────── waits twice as long ───────────────┘
 */

/** An hour could not be counted; `cause` is why. Everything else of the account can. */
export class HourNotCounted extends Error {
  readonly hour: Date;

  constructor(hour: number, cause: unknown) {
    super('An hour could not be counted', { cause });
    this.hour = new Date(hour);
  }
}

/** Does something for this hour; what fails is told with the hour. */
export async function forHour<Result>(hour: number, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new HourNotCounted(hour, error);
  }
}

/** Minutes until something that failed is tried again: one, and each time twice as long, up to an hour. `tries` is SQL for how often it failed so far. */
export const retryMinutes = (tries: string) =>
  sql<number>`least(60, power(2, least(6, ${sql.raw(tries)}))::integer)`;

/**
 * Sets an hour aside until it is tried again. Answers how often it has failed; null, and nothing is set aside, where history is kept since
 * later than that. Whoever does it has the turn of the account, so that the hour is not forgotten meanwhile.
 */
export async function setAsideHour(tx: Tx, account: string, hour: Date): Promise<number | null> {
  const { rows } = await sql<{ tries: number }>`
    insert into failed_hour (account_id, hour, retry_at)
    select ${account}, ${hour}, moment() + interval '1 minute'
      where not exists (select from rolled_up where account_id = ${account} and kept_since > ${hour})
    on conflict (account_id, hour) do update set tries = failed_hour.tries + 1,
      retry_at = moment() + make_interval(mins => ${retryMinutes('failed_hour.tries')})
    returning tries`.execute(tx.sql);
  return rows[0]?.tries ?? null;
}

/** The hours that failed, as milliseconds: those that are to be tried again now, and those that wait. */
export async function readFailedHours(
  tx: ReadTx,
  account: string,
  now: Date,
): Promise<{ due: Set<number>; waiting: Set<number> }> {
  const rows = await tx.sql
    .selectFrom('failed_hour')
    .select(['hour', 'retry_at'])
    .where('account_id', '=', account)
    .execute();
  const [due, waiting] = [new Set<number>(), new Set<number>()];
  for (const { hour, retry_at: retryAt } of rows) (retryAt > now ? waiting : due).add(hour.getTime());
  return { due, waiting };
}

/** What is gone is not tried again, however it came to be set aside. */
export async function forgetFailedBefore(tx: Tx, account: string, first: Date): Promise<void> {
  await tx.sql
    .deleteFrom('failed_hour')
    .where('account_id', '=', account)
    .where('hour', '<', first)
    .execute();
}

export async function forgetFailedHours(tx: Tx, account: string, counted: readonly Date[]): Promise<void> {
  if (counted.length === 0) return;
  await tx.sql
    .deleteFrom('failed_hour')
    .where('account_id', '=', account)
    .where('hour', 'in', counted)
    .execute();
}

/** Whoever has mended something need not wait. */
export async function retryFailedHours(tx: Tx, account: string): Promise<void> {
  await sql`update failed_hour set retry_at = moment() where account_id = ${account}`.execute(tx.sql);
}
