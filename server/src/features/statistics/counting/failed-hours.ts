import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../../platform/database/index.ts';

/*
 *   stale ──cannot be counted──▶ failed ──its time has come──▶ tried again: counted ──▶ no longer failed
 *                                  ▲                                        └─ not ─┐
 *                                  └──────────── waits twice as long ───────────────┘
 */

/** An hour, or a UTC day, by its beginning. */
export interface CountedPeriod {
  readonly grain: 'hour' | 'day';
  readonly start: Date;
}

/** An hour could not be counted, or a day not be put together from its hours; `cause` is why. Everything else of the account can. */
export class NotCounted extends Error {
  readonly period: CountedPeriod;

  constructor(period: CountedPeriod, cause: unknown) {
    super('An hour or a day could not be counted', { cause });
    this.period = period;
  }
}

/** Does something for this period; what fails is told with the period. */
export async function forPeriod<Result>(
  grain: CountedPeriod['grain'],
  start: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw new NotCounted({ grain, start: new Date(start) }, error);
  }
}

/** 2026-11-25T09, or 2026-11-25. UTC. */
export function nameOfPeriod({ grain, start }: CountedPeriod): string {
  return start.toISOString().slice(0, grain === 'hour' ? 13 : 10);
}

/** Minutes until something that failed is tried again: one, and each time twice as long, up to an hour. `tries` is the column of how often it failed so far. */
export const retryMinutes = (tries: string) =>
  sql<number>`least(60, power(2, least(6, ${sql.ref(tries)}))::integer)`;

/**
 * Sets a period aside until it is tried again. Answers how often it has failed; null, and nothing is set aside, where history is kept since
 * later than that. Whoever does it has the turn of the account, so that the period is not forgotten meanwhile.
 */
export async function setAside(
  tx: Tx,
  account: string,
  { grain, start }: CountedPeriod,
): Promise<number | null> {
  const { rows } = await sql<{ tries: number }>`
    insert into failed_hour (account_id, grain, hour, retry_at)
    select ${account}, ${grain}, ${start}, moment() + interval '1 minute'
      where not exists (select from rolled_up where account_id = ${account} and kept_since > ${start})
    on conflict (account_id, grain, hour) do update set tries = failed_hour.tries + 1,
      retry_at = moment() + make_interval(mins => ${retryMinutes('failed_hour.tries')})
    returning tries`.execute(tx.sql);
  return rows[0]?.tries ?? null;
}

/** What failed of one grain, as milliseconds: what is to be tried again now, and what waits. */
export interface Failed {
  readonly due: ReadonlySet<number>;
  readonly waiting: ReadonlySet<number>;
}

export async function readFailed(
  tx: ReadTx,
  account: string,
  now: Date,
): Promise<Record<CountedPeriod['grain'], Failed>> {
  const rows = await tx.sql
    .selectFrom('failed_hour')
    .select(['grain', 'hour', 'retry_at'])
    .where('account_id', '=', account)
    .execute();
  const of = (grain: CountedPeriod['grain']): Failed => {
    const [due, waiting] = [new Set<number>(), new Set<number>()];
    for (const row of rows)
      if (row.grain === grain) (row.retry_at > now ? waiting : due).add(row.hour.getTime());
    return { due, waiting };
  };
  return { hour: of('hour'), day: of('day') };
}

/** What is gone is not tried again, however it came to be set aside. */
export async function forgetFailedBefore(tx: Tx, account: string, first: Date): Promise<void> {
  await tx.sql
    .deleteFrom('failed_hour')
    .where('account_id', '=', account)
    .where('hour', '<', first)
    .execute();
}

export async function forgetFailed(
  tx: Tx,
  account: string,
  { grain, counted }: { grain: CountedPeriod['grain']; counted: readonly Date[] },
): Promise<void> {
  if (counted.length === 0) return;
  await tx.sql
    .deleteFrom('failed_hour')
    .where('account_id', '=', account)
    .where('grain', '=', grain)
    .where('hour', 'in', counted)
    .execute();
}

/** Whoever has mended something need not wait. */
export async function retryFailed(tx: Tx, account: string): Promise<void> {
  await sql`update failed_hour set retry_at = moment() where account_id = ${account}`.execute(tx.sql);
}
