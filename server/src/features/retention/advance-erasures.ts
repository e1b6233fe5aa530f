import { isHeld } from '../conversations/index.ts';
import { sql, type Selectable } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tables, Tx } from '../../platform/database/index.ts';
import type { ConversationKeys, MarkedBucket } from '../../platform/keys/index.ts';
import { backupsUntil } from './backups-until.ts';
import { caseHashOf } from './case-hash.ts';
import { deleteConversations, type DeletedConversation, type EraserParts } from './delete-conversations.ts';
import { destroyEmptyBuckets } from './destroy-empty-buckets.ts';
import { forEachAccount } from './each-account.ts';
import { signErasureRecord } from './erasure-record.ts';
import type { RetentionParts } from './run-retention.ts';

/*
 * requested ──▶ live-erased ──▶ bucket-rotated ──▶ backups-expired
 *
 *   requested       some of its conversations are there. Those under legal hold stay until it is lifted; the others go,
 *                   in batches, each one transaction with its entry in the deletion log
 *   live-erased     nothing of it is in the database. Its keys were deleted with it, but an old copy of the database with
 *                   the key of the bucket can still be read
 *   bucket-rotated  every version of the bucket keys that could open it is destroyed; of an address, the keys of its days
 *   backups-expired the last backup of the keyring that has them is gone
 *
 * Each step is taken when what it says has come true, and never back. Killed anywhere, the next round goes on. The record
 * is signed anew with each step.
 */

const casesTogether = 500;
const dayMs = 24 * 60 * 60 * 1000;
/** Days of the activity log are dropped with their keys after at most so long (G6). */
const longestActivityDays = 7;

/** Takes every request of every account as far as it can go at this moment. */
export async function advanceErasures(parts: RetentionParts): Promise<void> {
  await forEachAccount(parts.database, async (account) => {
    const rows = await parts.database.read(account, async (tx) =>
      tx.sql
        .selectFrom('erasure')
        .select('id')
        .where('account_id', '=', account)
        .where('state', '<>', 'backups-expired')
        .orderBy('requested_at')
        .execute(),
    );
    for (const { id } of rows) await advanceErasure(parts, account, id);
  });
}

/** Takes one request as far as it can go at this moment. Does nothing while somebody else is at it. */
export async function advanceErasure(parts: RetentionParts, account: string, id: string): Promise<void> {
  const { database, keyring } = parts;
  const eraser: EraserParts = { ...parts, caseHash: await caseHashOf(keyring, account) };
  const marked: MarkedBucket[] = [];
  for (;;) {
    const batch = await database.transaction(account, async (tx) => await eraseSome(tx, eraser, account, id));
    if (batch === null) break;
    marked.push(...batch);
  }
  await destroyEmptyBuckets(parts, account, marked);
  const signing = await keyring.signingKey();
  await database.transaction(account, async (tx) => {
    let erasure = await lockErasure(tx, account, id);
    while (erasure !== null) {
      const step = await nextStep(tx, parts.keys, erasure);
      if (step === null) return;
      erasure = await tx.sql
        .updateTable('erasure')
        .set(step)
        .where('account_id', '=', account)
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow();
      await recordAudit(tx, account, {
        action: 'retention.erasure-advanced',
        actor: { kind: 'system' },
        subject: { kind: 'erasure', id },
        details: { state: step.state },
      });
      await signErasureRecord(tx, signing, account, id);
    }
  });
}

/** Erases a batch of what is still there and not held. Null when there is nothing that can be erased now. */
async function eraseSome(
  tx: Tx,
  eraser: EraserParts,
  account: string,
  id: string,
): Promise<MarkedBucket[] | null> {
  const erasure = await lockErasure(tx, account, id);
  if (erasure?.state !== 'requested') return null;
  const { rows: due } = await sql<DeletedConversation>`
    select conversation.id, conversation.case_id, conversation.visitor_id
    from erasure_case wanted join conversation
      on conversation.account_id = wanted.account_id and conversation.id = wanted.conversation_id
    where wanted.account_id = ${account} and wanted.erasure_id = ${id} and not ${isHeld}
    order by wanted.conversation_id limit ${casesTogether} for update of conversation skip locked`.execute(
    tx.sql,
  );
  const cause = { kind: 'erasure', erasureId: id } as const;
  const marked = await deleteConversations(tx, eraser, account, { conversations: due, cause });
  await forgetErased(tx, account, id, due);
  await sql`
    insert into erasure_bucket (account_id, erasure_id, bucket_id, key_version)
    select ${account}::uuid, ${id}::uuid, * from unnest(
      ${marked.map(({ bucket }) => bucket)}::uuid[], ${marked.map(({ version }) => version)}::integer[])
    on conflict do nothing`.execute(tx.sql);
  return due.length === 0 ? null : marked;
}

/** Forgets which conversations were erased; when none is left to erase, those too that retention took in the meantime. */
async function forgetErased(
  tx: Tx,
  account: string,
  id: string,
  erased: readonly DeletedConversation[],
): Promise<void> {
  const gone =
    erased.length > 0
      ? sql`conversation_id = any(${erased.map((conversation) => conversation.id)}::uuid[])`
      : sql`conversation_id is not null and not exists (select from conversation
          where conversation.account_id = erasure_case.account_id and conversation.id = erasure_case.conversation_id)`;
  await sql`
    update erasure_case set conversation_id = null
    where account_id = ${account} and erasure_id = ${id} and ${gone}`.execute(tx.sql);
}

type ErasureRow = Selectable<Tables['erasure']>;

async function lockErasure(tx: Tx, account: string, id: string): Promise<ErasureRow | null> {
  const row = await tx.sql
    .selectFrom('erasure')
    .selectAll()
    .where('account_id', '=', account)
    .where('id', '=', id)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row ?? null;
}

type Step = Pick<ErasureRow, 'state'> & Partial<ErasureRow>;

/** What comes next, if it has come true. */
async function nextStep(tx: Tx, keys: ConversationKeys, erasure: ErasureRow): Promise<Step | null> {
  const now = new Date();
  switch (erasure.state) {
    case 'requested':
      return (await isAnyLeft(tx, erasure)) ? null : { state: 'live-erased', live_erased_at: now };
    case 'live-erased': {
      if (!(await areKeysDestroyed(tx, keys, erasure, now))) return null;
      return { state: 'bucket-rotated', bucket_rotated_at: now, backups_until: await backupsUntil(tx, now) };
    }
    case 'bucket-rotated':
      if (erasure.backups_until === null || erasure.backups_until > now) return null;
      return { state: 'backups-expired', backups_expired_at: now };
    case 'backups-expired':
      return null;
  }
}

async function isAnyLeft(tx: Tx, { account_id: account, id }: ErasureRow): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('erasure_case')
    .select('case_hash')
    .where('account_id', '=', account)
    .where('erasure_id', '=', id)
    .where('conversation_id', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function areKeysDestroyed(
  tx: Tx,
  keys: ConversationKeys,
  erasure: ErasureRow,
  now: Date,
): Promise<boolean> {
  const { account_id: account } = erasure;
  // Lines of the activity log lie under the keys of their days.
  const livedUntil = (erasure.live_erased_at?.getTime() ?? 0) + longestActivityDays * dayMs;
  if (erasure.log_lines > 0 && livedUntil > now.getTime()) return false;
  const rows = await tx.sql
    .selectFrom('erasure_bucket')
    .select(['bucket_id as bucket', 'key_version as version'])
    .where('account_id', '=', account)
    .where('erasure_id', '=', erasure.id)
    .execute();
  return await keys.areDestroyed(tx, account, rows);
}
