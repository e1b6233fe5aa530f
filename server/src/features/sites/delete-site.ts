import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { siteBody } from './configuration.ts';
import { lockSite } from './queries.ts';

/** Removes a web site. Its widget stops; its conversations stay, without a site. */
export async function deleteSite(
  tx: Tx,
  caller: Member,
  { siteId, note }: { siteId: string; note: ChangeNote },
): Promise<void> {
  const { accountId } = caller;
  const before = siteBody(found(await lockSite(tx, accountId, siteId)));
  await tx.sql.deleteFrom('site').where('account_id', '=', accountId).where('id', '=', siteId).execute();
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'site', objectId: siteId, before, body: null, by, note });
  await recordAudit(tx, accountId, {
    action: 'sites.deleted',
    actor: by,
    subject: { kind: 'site', id: siteId },
  });
}
