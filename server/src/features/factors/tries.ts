import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { triesPerHour } from './policy.ts';

/**
 * Counts a try before it is judged, in one statement, so that a hundred at once are a hundred; whatever it is a try of. Refuses
 * when the person has had all of the hour. Apart from wrong passwords: neither locks the other out.
 */
export async function countTry(tx: Tx, userId: string): Promise<void> {
  const { rows } = await sql`
    insert into factor_tries as t (user_id, tries, since) values (${userId}, 1, now())
    on conflict (user_id) do update set
      tries = case when t.since < now() - interval '1 hour' then 1 else t.tries + 1 end,
      since = case when t.since < now() - interval '1 hour' then now() else t.since end
    where t.tries < ${triesPerHour} or t.since < now() - interval '1 hour'
    returning 1`.execute(tx.sql);
  if (rows.length === 0) throw new Refusal('request.rate-limited', { retryAfterS: await waitS(tx, userId) });
}

/** The try was a right one: it counts no more. Those before it do. */
export async function uncountTry(tx: Tx, userId: string): Promise<void> {
  await tx.sql
    .updateTable('factor_tries')
    .set({ tries: sql<number>`tries - 1` })
    .where('user_id', '=', userId)
    .where('tries', '>', 0)
    .execute();
}

async function waitS(tx: Tx, userId: string): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select greatest(1, ceil(extract(epoch from since + interval '1 hour' - now())))::int as seconds
    from factor_tries where user_id = ${userId}`.execute(tx.sql);
  return rows[0]?.seconds ?? 1;
}
