import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Member } from '../../platform/http/index.ts';

/** Renames the account. */
export async function changeAccount(tx: Tx, caller: Member, changes: { name?: string }): Promise<void> {
  const { accountId } = caller;
  await tx.sql.updateTable('account').set(changes).where('id', '=', accountId).execute();
  await recordAudit(tx, accountId, {
    action: 'accounts.changed',
    actor: { kind: 'user', id: caller.userId },
    subject: { kind: 'account', id: accountId },
    details: { changed: Object.keys(changes) },
  });
}
