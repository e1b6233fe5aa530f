import { sql } from 'kysely';
import { platformChain, recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { hasSqlState, type Database, type ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { ConversationKeys, Keyring, SigningKey } from '../../platform/keys/index.ts';
import type { MediaStore } from '../media/index.ts';
import { backupsUntil } from './backups-until.ts';
import { signAccountReport } from './account-report.ts';
import { classOfTable } from './data-classes.ts';

/*
 * confirmed ──▶ keys-destroyed ──▶ rows-deleted ──▶ backups-expired
 *
 *   confirmed       somebody has typed the account's name; the account is suspended and nothing in it is held
 *   keys-destroyed  nothing that was written in it can be read any more, here or in any copy of the database; content of files
 *                   is removed next, and then rows
 *   rows-deleted    no row of any table has its id, but for the deletion itself
 *   backups-expired no backup is left that has its keys or its configuration
 *
 * Keys first, then rows. Killed anywhere, the same command again goes on. The report is signed from rows-deleted on.
 */

const conversationsTogether = 2_000;

/** What deletes accounts works with: the command line has no more. */
export interface AccountDeletionParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly keys: ConversationKeys;
  readonly store: MediaStore;
}

/** Rows of the account by table, leaving out what is empty. In the account’s scope. */
export async function countAccountRows(tx: ReadTx, account: string): Promise<Record<string, number>> {
  const tables = await sql<{ name: string }>`
    select relname as name from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'account_id'
    where relnamespace = 'samtal'::regnamespace and relkind = 'r' and has_table_privilege(pg_class.oid, 'select')
    order by relname`.execute(tx.sql);
  const counts: Record<string, number> = {};
  for (const { name } of tables.rows) {
    if (!(name in classOfTable)) continue;
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(name)} where account_id = ${account}`.execute(tx.sql);
    if ((rows[0]?.count ?? 0) > 0) counts[name] = rows[0]?.count ?? 0;
  }
  return counts;
}

/**
 * Deletes an account whole (A5), and returns when that is done. The caller has made sure that somebody meant it. Refuses
 * with accounts.not-suspended and retention.held.
 */
export async function deleteAccount(
  { database, keyring, keys, store }: AccountDeletionParts,
  account: { readonly id: string; readonly name: string },
  actor: AuditActor,
): Promise<void> {
  const { id } = account;
  await confirmDeletion(database, account, actor);
  await keys.destroyAccount(id);
  await database.transaction('platform', async (tx) => {
    await tx.sql
      .updateTable('account_deletion')
      .set({ state: 'keys-destroyed', keys_destroyed_at: new Date() })
      .where('account_id', '=', id)
      .where('state', '=', 'confirmed')
      .execute();
  });
  await store.removeAccount(id);
  const signing = await keyring.signingKey();
  while (!(await eraseSome(database, id, { signing, actor })));
}

async function confirmDeletion(
  database: Database,
  { id, name }: { id: string; name: string },
  actor: AuditActor,
): Promise<void> {
  const counts = await database.read(id, async (tx) => {
    const held =
      await sql`select from legal_hold where account_id = ${id} and (until is null or until > now())`.execute(
        tx.sql,
      );
    if (held.rows.length > 0) throw new Refusal('retention.held');
    return await countAccountRows(tx, id);
  });
  await database.transaction('platform', async (tx) => {
    const standing = await tx.sql
      .selectFrom('account')
      .select('status')
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (standing?.status !== 'suspended') throw new Refusal('accounts.not-suspended');
    const confirmed = await tx.sql
      .insertInto('account_deletion')
      .values({ account_id: id, account_name: name, state: 'confirmed', counts: JSON.stringify(counts) })
      .onConflict((conflict) => conflict.column('account_id').doNothing())
      .returning('account_id')
      .executeTakeFirst();
    if (confirmed === undefined) return;
    await recordAudit(tx, platformChain, {
      action: 'accounts.deletion-confirmed',
      actor,
      subject: { kind: 'account', id },
    });
  });
}

/** One transaction's work. True when the account is gone. */
async function eraseSome(
  database: Database,
  id: string,
  { signing, actor }: { signing: SigningKey; actor: AuditActor },
): Promise<boolean> {
  try {
    return await database.transaction('platform', async (tx) => {
      const { rows } = await sql<{ gone: boolean }>`
        select erase_account(${id}, ${conversationsTogether}) as gone`.execute(tx.sql);
      if (rows[0]?.gone !== true) return false;
      const now = new Date();
      await tx.sql
        .updateTable('account_deletion')
        .set({ state: 'rows-deleted', rows_deleted_at: now, backups_until: await backupsUntil(tx, now) })
        .where('account_id', '=', id)
        .execute();
      await signAccountReport(tx, signing, id);
      await recordAudit(tx, platformChain, {
        action: 'accounts.deleted',
        actor,
        subject: { kind: 'account', id },
      });
      return true;
    });
  } catch (error) {
    if (hasSqlState(error, 'SM002')) throw new Refusal('retention.held');
    throw error;
  }
}
