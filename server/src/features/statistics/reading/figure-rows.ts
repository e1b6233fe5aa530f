import type { Scope } from '@samtal/contract/access';
import { sql } from 'kysely';
import type { ReadTx } from '../../../platform/database/index.ts';
import { Refusal } from '../../../platform/http/index.ts';
import { withinScopes } from '../../access/index.ts';
import type { BaseRow, Wanted } from './base-row.ts';
import { isAmong } from './narrowed.ts';
import type { Period } from './period.ts';

/** Figures that lie in the scopes. Their units are those of the queue. */
export async function readFigureRows(
  tx: ReadTx,
  account: string,
  { subject, period, scopes, covered, only, atMost }: Wanted,
): Promise<BaseRow[]> {
  const rows = await tx.sql
    .selectFrom('figure')
    .leftJoin('queue', (join) =>
      join.onRef('queue.account_id', '=', 'figure.account_id').onRef('queue.id', '=', 'figure.queue_id'),
    )
    .select(['period_start', 'queue_id', 'site_id', 'agent_id', 'base'])
    .where('figure.account_id', '=', account)
    .where(await inPeriod(tx, account, period))
    .where('subject', '=', subject)
    .where((eb) =>
      eb.or([
        withinScopes(scopes, { units: 'queue.units', queue: 'figure.queue_id', site: 'figure.site_id' }),
        // An agent as a whole lies in no place: it is seen where everything that the agent may do is.
        eb.and([
          eb('figure.queue_id', 'is', null),
          eb('figure.site_id', 'is', null),
          sql<boolean>`figure.agent_id = any(${[...covered]}::uuid[])`,
          eb.not(eb.exists(elsewhere(scopes, period))),
        ]),
      ]),
    )
    .where(isAmong('figure', only))
    .$if(Number.isFinite(atMost), (query) => query.limit(atMost + 1))
    .execute();
  if (rows.length > atMost) throw new Refusal('statistics.too-many');
  return rows.map((row) => ({
    at: row.period_start,
    queue: row.queue_id,
    site: row.site_id,
    agent: row.agent_id,
    conversation: null,
    base: row.base,
  }));
}

/** The figures that a period is put together of: hours, or days and the hours of days that are not put together yet, such as today. */
async function inPeriod(tx: ReadTx, account: string, { source, from, to }: Period) {
  const grainOf = (grain: 'hour' | 'day', since: Date, until: Date) =>
    sql<boolean>`(grain = ${grain} and period_start >= ${since} and period_start < ${until})`;
  if (source === 'hour') return grainOf('hour', from, to);
  const { rows } = await sql<{ until: Date | null }>`
    select max(period_start) + interval '24 hours' as until from figure
    where account_id = ${account} and grain = 'day'`.execute(tx.sql);
  const until = new Date(Math.max(from.getTime(), rows[0]?.until?.getTime() ?? 0));
  return until < to
    ? sql<boolean>`(${grainOf('day', from, until)} or ${grainOf('hour', until, to)})`
    : grainOf('day', from, to);
}

/** Whatever an agent has outside of the scopes in the same hour or day, whatever they may do by now. */
function elsewhere(scopes: readonly Scope[], { source }: Period) {
  const there = withinScopes(scopes, {
    units: 'there.units',
    queue: 'elsewhere.queue_id',
    site: 'elsewhere.site_id',
  });
  // Hours of a day that is not put together yet stand for it as a whole.
  const day = sql`date_trunc('day', figure.period_start, 'UTC')`;
  const isSamePeriod =
    source === 'hour'
      ? sql`elsewhere.period_start = figure.period_start`
      : sql`elsewhere.period_start >= ${day} and elsewhere.period_start < ${day} + interval '24 hours'`;
  return sql<object>`(
    select from figure elsewhere
    left join queue there on there.account_id = elsewhere.account_id and there.id = elsewhere.queue_id
    where elsewhere.account_id = figure.account_id and elsewhere.grain = figure.grain
      and elsewhere.subject = figure.subject and elsewhere.agent_id = figure.agent_id
      and (elsewhere.queue_id is not null or elsewhere.site_id is not null) and not ${there}
      and ${isSamePeriod})`;
}
