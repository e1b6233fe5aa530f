import { randomUUID } from 'node:crypto';
import type { UnitConfiguration } from '@samtal/contract/units';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal } from '../../platform/http/index.ts';
import { lockAccess } from '../access/index.ts';
import { refuseUnlessPlaceable } from './policy.ts';
import { readUnit, unitBody } from './queries.ts';

export type NewUnit = Omit<UnitConfiguration, 'parentId'> & {
  readonly parentId?: string | null;
  /** For one that is made again. */
  readonly id?: string;
};

/** Adds a region or a team and returns its id. Nothing lies in it yet, so that nobody gains by it. */
export async function createUnit(
  tx: Tx,
  accountId: string,
  { actor, unit, note = {} }: { actor: AuditActor; unit: NewUnit; note?: ChangeNote },
): Promise<string> {
  await lockAccess(tx, accountId);
  const { id = randomUUID(), kind, name, parentId = null } = unit;
  const parent = parentId === null ? null : found(await readUnit(tx, accountId, parentId));
  refuseUnlessPlaceable({ id, kind, height: 1 }, parent);
  try {
    await tx.sql
      .insertInto('unit')
      .values({
        account_id: accountId,
        id,
        kind,
        name,
        parent_id: parentId,
        path: [...(parent?.path ?? []), id],
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'unit_name')) throw new Refusal('names.taken');
    throw error;
  }
  const body = unitBody({ kind, name, parentId });
  await recordVersion(tx, accountId, { kind: 'unit', objectId: id, before: null, body, by: actor, note });
  await recordAudit(tx, accountId, {
    action: 'units.created',
    actor,
    subject: { kind: 'unit', id },
    details: { kind, parent: parentId },
  });
  return id;
}
