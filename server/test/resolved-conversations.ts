import { randomBytes, randomUUID } from 'node:crypto';
import type { TestDatabase } from './database.ts';

/**
 * Many resolved conversations at once, as many days old as `daysAgo` says for each, with entries, a stream each way and
 * a key. Their text is noise: nobody reads it. One bucket holds them all. Returns their ids and case ids.
 */
export async function makeResolvedConversations(
  db: TestDatabase,
  account: { id: string; siteId: string; queueId: string },
  {
    daysAgo,
    entries = 3,
    siteId = account.siteId,
  }: { daysAgo: readonly number[]; entries?: number; siteId?: string | null },
): Promise<{ id: string; caseId: string }[]> {
  const bucket = randomUUID();
  await db.keyring.createBucket(account.id, bucket);
  await db.asOwner('insert into key_bucket (account_id, id, conversations) values ($1, $2, 4096)', [
    account.id,
    bucket,
  ]);
  const made = daysAgo.map(() => ({
    id: randomUUID(),
    caseId: randomBytes(5).toString('hex').toUpperCase(),
  }));
  await db.asOwner(
    `insert into conversation (account_id, id, case_id, state, site_id, site_name, queue_id, queue_name, visitor_id, started_at, resolved_at)
     select $1, id, substr(case_id, 1, 5) || '-' || substr(case_id, 6), 'resolved', $2, 'Site', $3, 'Queue', gen_random_uuid(),
       now() - make_interval(secs => days * 86400 + 60), now() - make_interval(secs => days * 86400)
     from unnest($4::uuid[], $5::text[], $6::float8[]) as made (id, case_id, days)`,
    [
      account.id,
      siteId,
      account.queueId,
      made.map((each) => each.id),
      made.map((each) => each.caseId),
      daysAgo,
    ],
  );
  const ids = made.map((each) => each.id);
  await db.asOwner(
    `insert into conversation_key (account_id, conversation_id, bucket_id, wrapped, commitment)
     select $1, id, $2, 'x', 'x' from unnest($3::uuid[]) as id`,
    [account.id, bucket, ids],
  );
  await db.asOwner(
    `insert into stream (account_id, conversation_id, audience, epoch, last_seq, closed)
     select $1, id, audience, gen_random_uuid(), $2, true from unnest($3::uuid[]) as id, unnest(array['public', 'internal']) as audience`,
    [account.id, entries, ids],
  );
  await db.asOwner(
    `insert into entry (account_id, conversation_id, audience, seq, kind, actor, at, body)
     select $1, id, 'public', seq, 'message', 'visitor', now(), convert_to(repeat(id::text, 4), 'UTF8')
     from unnest($3::uuid[]) as id, generate_series(1, $2::integer) as seq`,
    [account.id, entries, ids],
  );
  return made.map(({ id, caseId }) => ({ id, caseId: `${caseId.slice(0, 5)}-${caseId.slice(5)}` }));
}
