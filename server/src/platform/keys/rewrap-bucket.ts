import { sql } from 'kysely';
import type { Tx } from '../database/index.ts';
import type { Keyring } from './keyring.ts';
import {
  rewrapKey,
  survivorName,
  type OriginalKeyRow,
  type OriginalPlace,
  type WrappedKeyRow,
} from './wrapped-keys.ts';

export interface Rewrapped {
  /** Conversations whose keys were wrapped anew. */
  readonly conversations: number;
  /** All that was wrapped anew, by what it is called among survivors. */
  readonly wrapped: ReadonlyMap<string, Buffer>;
  /** What was destroyed before, which only rows out of a backup can be. */
  readonly destroyedConversations: readonly string[];
  readonly destroyedOriginals: readonly OriginalPlace[];
}

/** Wraps every key of a bucket under another version of its key. The rows are locked: none is deleted meanwhile. */
export async function rewrapBucket(
  tx: Tx,
  keyring: Keyring,
  { account, bucket, version }: { account: string; bucket: string; version: number },
): Promise<Rewrapped> {
  const anew = async <Row extends WrappedKeyRow>(rows: readonly Row[]) => {
    const kept: { row: Row; bytes: Buffer }[] = [];
    const destroyed: Row[] = [];
    for (const row of rows) {
      const bytes = await rewrapKey(keyring, row, version);
      if (bytes === null) destroyed.push(row);
      else kept.push({ row, bytes });
    }
    return { kept, destroyed };
  };
  const conversations = await anew(
    await tx.sql
      .selectFrom('conversation_key')
      .selectAll()
      .where('account_id', '=', account)
      .where('bucket_id', '=', bucket)
      .orderBy('conversation_id')
      .forUpdate()
      .execute(),
  );
  await sql`
    update conversation_key set wrapped = fresh.wrapped
    from unnest(${conversations.kept.map(({ row }) => row.conversation_id)}::uuid[],
      ${conversations.kept.map(({ bytes }) => bytes)}::bytea[]) as fresh (id, wrapped)
    where account_id = ${account} and conversation_id = fresh.id
  `.execute(tx.sql);
  const originals = await anew(await lockOriginals(tx, account, bucket));
  await sql`
    update entry_original set wrapped = fresh.wrapped
    from unnest(${originals.kept.map(({ row }) => row.conversation_id)}::uuid[],
      ${originals.kept.map(({ row }) => row.audience)}::text[], ${originals.kept.map(({ row }) => row.seq)}::bigint[],
      ${originals.kept.map(({ bytes }) => bytes)}::bytea[]) as fresh (id, audience, seq, wrapped)
    where account_id = ${account} and conversation_id = fresh.id and entry_original.audience = fresh.audience
      and entry_original.seq = fresh.seq
  `.execute(tx.sql);
  return {
    conversations: conversations.kept.length,
    wrapped: new Map(
      [...conversations.kept, ...originals.kept].map(({ row, bytes }) => [survivorName(row), bytes]),
    ),
    destroyedConversations: conversations.destroyed.map((row) => row.conversation_id),
    destroyedOriginals: originals.destroyed,
  };
}

async function lockOriginals(tx: Tx, account: string, bucket: string): Promise<OriginalKeyRow[]> {
  return await tx.sql
    .selectFrom('entry_original')
    .select(['account_id', 'conversation_id', 'audience', 'seq', 'bucket_id', 'wrapped', 'commitment'])
    .where('account_id', '=', account)
    .where('bucket_id', '=', bucket)
    .orderBy('conversation_id')
    .orderBy('audience')
    .orderBy('seq')
    .forUpdate()
    .execute();
}
