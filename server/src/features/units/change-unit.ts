import type { UnitConfiguration } from '@samtal/contract/units';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { actorOf, currentGiver, lockAccess, refuseUnlessMovable, type Giver } from '../access/index.ts';
import { refuseUnlessPlaceable } from './policy.ts';
import { heightOf, movePaths, readUnit, unitBody, type StoredUnit } from './queries.ts';

export interface ChangeOfUnit {
  readonly giver: Giver;
  readonly unitId: string;
  readonly changes: Partial<Pick<UnitConfiguration, 'name' | 'parentId'>>;
  readonly note?: ChangeNote;
}

/**
 * Renames a unit, or moves it with everything below it: whoever holds a role further up in the new place holds it there
 * from now on. Refuses like refuseUnlessMovable and recordVersion.
 */
export async function changeUnit(
  tx: Tx,
  accountId: string,
  { giver: asked, unitId, changes, note = {} }: ChangeOfUnit,
): Promise<void> {
  await lockAccess(tx, accountId);
  const giver = await currentGiver(tx, asked, 'units.manage');
  const unit = found(await readUnit(tx, accountId, unitId));
  const changed = { ...unit, ...changes };
  if (changed.parentId !== unit.parentId)
    await moveUnit(tx, accountId, { giver, unit, parentId: changed.parentId });
  try {
    await tx.sql
      .updateTable('unit')
      .set({ name: changed.name, parent_id: changed.parentId })
      .where('account_id', '=', accountId)
      .where('id', '=', unitId)
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'unit_name')) throw new Refusal('names.taken');
    throw error;
  }
  const by = actorOf(giver);
  await recordVersion(tx, accountId, {
    kind: 'unit',
    objectId: unitId,
    before: unitBody(unit),
    body: unitBody(changed),
    by,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'units.changed',
    actor: by,
    subject: { kind: 'unit', id: unitId },
    details: { fields: Object.keys(changes), parent: changed.parentId },
  });
}

async function moveUnit(
  tx: Tx,
  accountId: string,
  { giver, unit, parentId }: { giver: Giver; unit: StoredUnit; parentId: string | null },
): Promise<void> {
  const parent = parentId === null ? null : found(await readUnit(tx, accountId, parentId));
  const { id, kind } = unit;
  refuseUnlessPlaceable({ id, kind, height: await heightOf(tx, accountId, unit) }, parent);
  const above = parent?.path ?? [];
  const into = above.filter((each) => !unit.path.includes(each));
  await refuseUnlessMovable(tx, accountId, { giver, moved: { unit: [id] }, into });
  await movePaths(tx, accountId, { id, above });
}
