import type { LeftKey } from '@samtal/contract/self-check';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';

/**
 * Keys that are taken although who brought them, or who confirmed them, works in the account no more. They go on being taken: a program of the
 * customer depends on them. In the account’s scope.
 */
export async function readLeftKeys(
  tx: ReadTx,
  accountId: string,
): Promise<(LeftKey & { isTold: boolean })[]> {
  const isGone = (person: string) => sql<boolean>`not exists (select from membership m
    where m.account_id = k.account_id and m.user_id = ${sql.ref(person)} and m.status = 'active')`;
  const { rows } = await sql<LeftKey & { isTold: boolean }>`
    select k.export_account_id as "exportAccountId", a.name, k.id as "keyId", k.left_told_at is not null as "isTold",
      array_remove(array[case when submitter then 'submitted' end, case when confirmer then 'confirmed' end], null) as left
    from export_key k
    join export_account a on a.account_id = k.account_id and a.id = k.export_account_id
    cross join lateral (select ${isGone('k.submitted_by')} as submitter,
      k.confirmed_by is not null and ${isGone('k.confirmed_by')} as confirmer) gone
    where k.account_id = ${accountId} and k.state = 'active' and (k.ends_at is null or k.ends_at > now())
      and not a.disabled and (a.expires_at is null or a.expires_at > now()) and (submitter or confirmer)
    order by a.name, k.id`.execute(tx.sql);
  return rows;
}

/** Tells people by mail. */
interface LeftKeyMail {
  /** Whether mail can be sent at all. */
  isPossible(): Promise<boolean>;
  /** Whether it was sent. `names`: of export accounts. */
  send(to: string, values: { account: string; names: string }): Promise<boolean>;
}

export interface LeftKeyWatch {
  readonly database: Database;
  readonly mail: LeftKeyMail;
}

/** Tells whoever manages the export accounts of an account, once for each key and each time that its bringer has left. */
export async function tellOfLeftKeys({ database, mail }: LeftKeyWatch): Promise<void> {
  const accounts = await database.read('platform', (tx) =>
    tx.sql
      .selectFrom('account')
      .select(['id', 'name'])
      .where('status', '=', 'active')
      .where(sql<boolean>`exists (select from export_key where account_id = account.id and state = 'active')`)
      .execute(),
  );
  if (accounts.length === 0 || !(await mail.isPossible())) return;
  for (const account of accounts) await tellAccount({ database, mail }, account);
}

async function tellAccount(
  { database, mail }: LeftKeyWatch,
  { id: accountId, name: account }: { id: string; name: string },
): Promise<void> {
  const { left, told } = await database.read(accountId, async (tx) => ({
    left: await readLeftKeys(tx, accountId),
    told: await readTold(tx, accountId),
  }));
  await forgetReturned(database, accountId, left);
  const news = left.filter(({ isTold }) => !isTold);
  if (news.length === 0) return;
  const names = [...new Set(news.map(({ name }) => name))].join(', ');
  let isTold = false;
  for (const to of told) isTold = (await mail.send(to, { account, names })) || isTold;
  if (isTold) await note(database, accountId, news);
}

/** Addresses of the active users who manage export accounts. */
async function readTold(tx: ReadTx, accountId: string): Promise<string[]> {
  const managing = [...(await membersHolding(tx, accountId, 'statistics.export')).keys()];
  if (managing.length === 0) return [];
  const members = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', accountId)
    .where('user_id', 'in', managing)
    .where('status', '=', 'active')
    .execute();
  return members.map(({ email }) => email);
}

/** Whoever has come back may leave again, and that is told again. */
async function forgetReturned(
  database: Database,
  accountId: string,
  left: readonly { keyId: string }[],
): Promise<void> {
  await database.transaction(accountId, async (tx) => {
    await tx.sql
      .updateTable('export_key')
      .set({ left_told_at: null })
      .where('account_id', '=', accountId)
      .where('left_told_at', 'is not', null)
      .where(sql<boolean>`id <> all(${left.map(({ keyId }) => keyId)}::uuid[])`)
      .execute();
  });
}

async function note(
  database: Database,
  accountId: string,
  keys: readonly { keyId: string; left: readonly string[] }[],
): Promise<void> {
  await database.transaction(accountId, async (tx) => {
    for (const { keyId, left } of keys) {
      await tx.sql
        .updateTable('export_key')
        .set({ left_told_at: sql<Date>`now()` })
        .where('account_id', '=', accountId)
        .where('id', '=', keyId)
        .execute();
      await recordAudit(tx, accountId, {
        action: 'statistics-export.left-key-notice',
        actor: { kind: 'system' },
        subject: { kind: 'export-key', id: keyId },
        details: { left },
      });
    }
  });
}
