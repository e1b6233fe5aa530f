import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { actorOf, lockAccess, type Giver } from '../access/index.ts';
import { isInUse, readUnit, unitBody } from './queries.ts';

/** Deletes a unit in which nothing lies and which no grant names. */
export async function deleteUnit(
  tx: Tx,
  accountId: string,
  { giver, unitId, note = {} }: { giver: Giver; unitId: string; note?: ChangeNote },
): Promise<void> {
  await lockAccess(tx, accountId);
  const before = unitBody(found(await readUnit(tx, accountId, unitId)));
  if (await isInUse(tx, accountId, unitId)) throw new Refusal('units.in-use');
  await tx.sql.deleteFrom('unit').where('account_id', '=', accountId).where('id', '=', unitId).execute();
  const by = actorOf(giver);
  await recordVersion(tx, accountId, { kind: 'unit', objectId: unitId, before, body: null, by, note });
  await recordAudit(tx, accountId, {
    action: 'units.deleted',
    actor: by,
    subject: { kind: 'unit', id: unitId },
  });
}
