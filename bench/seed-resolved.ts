import { randomBytes, randomUUID } from 'node:crypto';
import { deriveKey, seal } from '../server/src/platform/keys/ciphertext.ts';
import { keyPlace } from '../server/src/platform/keys/wrapped-keys.ts';
import type { TestDatabase } from '../server/test/database.ts';

const mostInBucket = 4096;

/**
 * Conversations that were resolved just now, `entriesEach` in the log of each, as incompressible as ciphertext is, with keys
 * that open, in full buckets. Answers with their ids, in no order.
 */
export async function seedResolved(
  db: TestDatabase,
  account: string,
  { conversations, entriesEach }: { conversations: number; entriesEach: number },
): Promise<string[]> {
  const seeded: string[] = [];
  while (seeded.length < conversations) {
    const count = Math.min(mostInBucket, conversations - seeded.length);
    seeded.push(...(await seedBucket(db, account, { count, entriesEach })));
  }
  await db.asOwner('analyze');
  return seeded;
}

async function seedBucket(
  db: TestDatabase,
  account: string,
  { count, entriesEach }: { count: number; entriesEach: number },
): Promise<string[]> {
  const bucket = randomUUID();
  await db.keyring.createBucket(account, bucket);
  await db.asOwner('insert into key_bucket (account_id, id, conversations) values ($1, $2, $3)', [
    account,
    bucket,
    count,
  ]);
  const wrapping = await db.keyring.bucketKey(account, bucket, 1);
  const keys = Array.from({ length: count }, () => {
    const [id, raw] = [randomUUID(), randomBytes(32)];
    return {
      id,
      wrapped: seal(wrapping, keyPlace(account, id), raw),
      commitment: deriveKey(raw, 1).commitment,
    };
  });
  const ids = keys.map(({ id }) => id);
  await db.asOwner(
    `insert into conversation (account_id, id, case_id, state, site_name, queue_id, queue_name, visitor_id, resolved_at)
     select $1, id, id, 'resolved', 'Site', gen_random_uuid(), 'Queue', gen_random_uuid(), now() from unnest($2::uuid[]) as id`,
    [account, ids],
  );
  await db.asOwner(
    `insert into conversation_key (account_id, conversation_id, bucket_id, wrapped, commitment)
     select $1, id, $2, wrapped, commitment from unnest($3::uuid[], $4::bytea[], $5::bytea[]) as key (id, wrapped, commitment)`,
    [account, bucket, ids, keys.map(({ wrapped }) => wrapped), keys.map(({ commitment }) => commitment)],
  );
  await db.asOwner(
    `insert into stream (account_id, conversation_id, audience, epoch, last_seq)
     select $1, id, 'public', gen_random_uuid(), $2 from unnest($3::uuid[]) as id`,
    [account, entriesEach, ids],
  );
  await db.asOwner(
    `insert into entry (account_id, conversation_id, audience, seq, kind, actor, author, cid, at, body)
     select account_id, id, 'public', seq, 'message', 'visitor', visitor_id, gen_random_uuid(), now(),
       uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) ||
       uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) ||
       uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
     from conversation, generate_series(1, $2::int) as seq where account_id = $1 and id = any($3::uuid[])`,
    [account, entriesEach, ids],
  );
  return ids;
}
