import type { BaseMeasures, StatisticsSubject } from '@samtal/contract/statistics';
import { sql } from 'kysely';
import type { Tx } from '../../../platform/database/index.ts';
import { nothingCarried, type Carried, type CountedFact, type Figure } from './figure-table.ts';

/** The facts of a period, in the order of their time. */
export async function readFacts(
  tx: Tx,
  account: string,
  { from, to }: { from: Date; to: Date },
): Promise<CountedFact[]> {
  const rows = await tx.sql
    .selectFrom('fact')
    .selectAll()
    .where('account_id', '=', account)
    .where('at', '>=', from)
    .where('at', '<', to)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    at: row.at.getTime(),
    kind: row.kind,
    conversationId: row.conversation_id,
    queueId: row.queue_id,
    siteId: row.site_id,
    agentId: row.agent_id,
    value: row.value,
    outcome: row.outcome,
    counts: row.counts,
  }));
}

export async function readCarried(tx: Tx, account: string, hour: Date): Promise<Carried> {
  const row = await tx.sql
    .selectFrom('carried_hour')
    .select('body')
    .where('account_id', '=', account)
    .where('hour', '=', hour)
    .executeTakeFirst();
  // Written below, and by nobody else.
  return (row?.body as Carried | undefined) ?? nothingCarried;
}

/** Says what stood open when an hour began. Answers whether that is something else than was said before. */
export async function writeCarried(tx: Tx, account: string, hour: Date, carried: Carried): Promise<boolean> {
  if (carried.agents.length + carried.conversations.length === 0) {
    const gone = await tx.sql
      .deleteFrom('carried_hour')
      .where('account_id', '=', account)
      .where('hour', '=', hour)
      .executeTakeFirst();
    return gone.numDeletedRows > 0n;
  }
  const { rows } = await sql`
    insert into carried_hour (account_id, hour, body) values (${account}, ${hour}, ${JSON.stringify(carried)})
    on conflict (account_id, hour) do update set body = excluded.body where carried_hour.body <> excluded.body
    returning hour`.execute(tx.sql);
  return rows.length > 0;
}

/** Replaces the figures of a period. What is the same as before is not written. */
export async function writeFigures(
  tx: Tx,
  account: string,
  { grain, start, figures }: { grain: 'hour' | 'day'; start: Date; figures: readonly Figure[] },
): Promise<void> {
  await sql`
    with wanted as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(figures)}::jsonb)
        as wanted (subject text, "queueId" uuid, "siteId" uuid, "agentId" uuid, base jsonb)
    ), gone as (
      delete from figure using (
        select subject, queue_id, site_id, agent_id from figure
          where account_id = ${account} and grain = ${grain} and period_start = ${start}
        except
        select subject, "queueId", "siteId", "agentId" from wanted
      ) old
      where figure.account_id = ${account} and figure.grain = ${grain} and figure.period_start = ${start}
        and figure.subject = old.subject and figure.queue_id is not distinct from old.queue_id
        and figure.site_id is not distinct from old.site_id and figure.agent_id is not distinct from old.agent_id
    )
    insert into figure (account_id, grain, period_start, subject, queue_id, site_id, agent_id, base)
    select ${account}, ${grain}, ${start}, subject, "queueId", "siteId", "agentId", base from wanted
    on conflict (account_id, grain, period_start, subject, queue_id, site_id, agent_id)
      do update set base = excluded.base, changed_at = moment() where figure.base <> excluded.base`.execute(
    tx.sql,
  );
}

/** The figures of the hours of a period, as they were counted. */
export async function readHours(
  tx: Tx,
  account: string,
  { from, to }: { from: Date; to: Date },
): Promise<Figure[]> {
  const rows = await tx.sql
    .selectFrom('figure')
    .select(['subject', 'queue_id', 'site_id', 'agent_id', 'base'])
    .where('account_id', '=', account)
    .where('grain', '=', 'hour')
    .where('period_start', '>=', from)
    .where('period_start', '<', to)
    .execute();
  return rows.map(presentFigure);
}

/** Days before this one of which there are hours, and which come after the last that was put together. */
export async function readEndedDays(tx: Tx, account: string, today: Date): Promise<Date[]> {
  // Asked by itself: of a bound that is yet to be found the database expects a third of the history, and reads it.
  const known = await sql<{ until: Date | null }>`
    select max(period_start) + interval '24 hours' as until from figure
    where account_id = ${account} and grain = 'day'`.execute(tx.sql);
  const until = known.rows[0]?.until ?? null;
  const { rows } = await sql<{ day: Date }>`
    select distinct date_trunc('day', period_start, 'UTC') as day from figure
    where account_id = ${account} and grain = 'hour' and period_start < ${today}
      and period_start >= ${until ?? '-infinity'}::timestamptz
    order by day`.execute(tx.sql);
  return rows.map(({ day }) => day);
}

function presentFigure(row: {
  subject: StatisticsSubject;
  queue_id: string | null;
  site_id: string | null;
  agent_id: string | null;
  base: BaseMeasures;
}): Figure {
  return {
    subject: row.subject,
    queueId: row.queue_id,
    siteId: row.site_id,
    agentId: row.agent_id,
    base: row.base,
  };
}
