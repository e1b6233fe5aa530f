import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import type { Member } from '../../platform/http/index.ts';

/** Renames the account. Refuses like recordVersion. */
export async function changeAccount(
  tx: Tx,
  caller: Member,
  { changes, note }: { changes: { name?: string }; note: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = await tx.sql
    .selectFrom('account')
    .select('name')
    .where('id', '=', accountId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const body = { ...before, ...changes };
  await tx.sql.updateTable('account').set(body).where('id', '=', accountId).execute();
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'account', objectId: accountId, before, body, by, note });
  await recordAudit(tx, accountId, {
    action: 'accounts.changed',
    actor: by,
    subject: { kind: 'account', id: accountId },
    details: { changed: Object.keys(changes) },
  });
}
