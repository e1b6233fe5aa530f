import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import { beginning, headMac, linkHash } from './chain.ts';

const batchSize = 2_000;
/** Any number, as long as nobody else takes it. */
const sealerLock = 7_318_003;

interface Sealed {
  readonly account: string;
  readonly seq: number;
  readonly at: Date;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/**
 * Moves what is in the outbox into the chains, oldest first. In scope `platform`. One transaction does this at a time;
 * when another one is at it, there is nothing to do. Returns how many were sealed.
 */
export async function sealOutbox(tx: Tx, key: Buffer): Promise<number> {
  const lock = await sql<{ ours: boolean }>`select pg_try_advisory_xact_lock(${sealerLock}) as ours`.execute(
    tx.sql,
  );
  if (lock.rows[0]?.ours !== true) return 0;
  const waiting = await tx.sql
    .selectFrom('audit_outbox')
    .selectAll()
    .orderBy('id')
    .limit(batchSize)
    .execute();
  if (waiting.length === 0) return 0;
  const accounts = [...new Set(waiting.map((row) => row.account_id))];
  const heads = await tx.sql
    .selectFrom('audit_head')
    .selectAll()
    .where('account_id', 'in', accounts)
    .execute();
  const ends = new Map(heads.map((head) => [head.account_id, { seq: head.seq, hash: head.hash }]));
  const sealed = waiting.map(({ account_id: account, at, body }): Sealed => {
    const end = ends.get(account) ?? { seq: 0, hash: beginning };
    const link = { account, seq: end.seq + 1, at, body, previous: end.hash };
    const hash = linkHash(link);
    ends.set(account, { seq: link.seq, hash });
    return { ...link, hash };
  });
  await write(tx, sealed);
  for (const [account, { seq, hash }] of ends) {
    const head = { seq, hash, mac: headMac(key, account, seq, hash) };
    await tx.sql
      .insertInto('audit_head')
      .values({ account_id: account, ...head })
      .onConflict((conflict) => conflict.column('account_id').doUpdateSet(head))
      .execute();
  }
  await sql`delete from audit_outbox where id = any(${waiting.map((row) => row.id)}::bigint[])`.execute(
    tx.sql,
  );
  return sealed.length;
}

async function write(tx: Tx, sealed: readonly Sealed[]): Promise<void> {
  await sql`
    insert into audit_entry (account_id, seq, at, body, previous, hash)
    select * from unnest(
      ${sealed.map((each) => each.account)}::uuid[], ${sealed.map((each) => each.seq)}::bigint[],
      ${sealed.map((each) => each.at)}::timestamptz[], ${sealed.map((each) => each.body)}::text[],
      ${sealed.map((each) => each.previous)}::bytea[], ${sealed.map((each) => each.hash)}::bytea[])
  `.execute(tx.sql);
}
