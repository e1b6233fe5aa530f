import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { Member } from '../../platform/http/index.ts';
import { readSite } from './queries.ts';

/** Removes a web site. Its widget stops; its conversations stay, without a site. */
export async function deleteSite(tx: Tx, caller: Member, siteId: string): Promise<void> {
  const { accountId } = caller;
  await readSite(tx, accountId, siteId);
  await tx.sql.deleteFrom('site').where('account_id', '=', accountId).where('id', '=', siteId).execute();
  await recordAudit(tx, accountId, {
    action: 'sites.deleted',
    actor: { kind: 'user', id: caller.userId },
    subject: { kind: 'site', id: siteId },
  });
}
