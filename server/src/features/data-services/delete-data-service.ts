import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { lockDataService } from './queries.ts';
import { serviceBody } from './service-body.ts';

/** Deletes a data service: whoever calls it finds nothing. */
export async function deleteDataService(
  tx: Tx,
  { accountId, actor }: Member,
  { key, note = {} }: { key: string; note?: ChangeNote },
): Promise<void> {
  const service = found(await lockDataService(tx, accountId, { key }));
  const { id } = service;
  await tx.sql.deleteFrom('data_service').where('account_id', '=', accountId).where('id', '=', id).execute();
  await recordVersion(tx, accountId, {
    kind: 'data-service',
    objectId: id,
    before: serviceBody(service),
    body: null,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'data-services.deleted',
    actor,
    subject: { kind: 'data-service', id },
  });
}
