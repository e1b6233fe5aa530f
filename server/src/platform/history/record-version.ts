import type { AuditActor } from '../audit/index.ts';
import { isUniqueViolation, type Tx } from '../database/index.ts';

/** What is configured: everything whose changes are versions (H1). */
export type ConfigurationKind = 'settings' | 'site' | 'queue' | 'role' | 'canned-reply';

export interface NewVersion {
  readonly kind: ConfigurationKind;
  readonly objectId: string;
  /** The whole object as it is from now on; null when it is removed. Configuration only: no personal data. */
  readonly body: object | null;
  readonly by: AuditActor;
  readonly reason?: string;
  readonly restoredFrom?: number;
  /** The version the change was made from. Without it, the change comes after whatever is newest. */
  readonly expected?: number;
}

/** Somebody else changed the object meanwhile: what was expected to be the newest version is not. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/**
 * Appends a version of something that is configured, in the transaction that changes it, and returns its number.
 * Throws ChangedMeanwhile when another change came first; the transaction is then lost.
 */
export async function recordVersion(
  tx: Tx,
  account: string,
  { kind, objectId, body, by, reason = '', restoredFrom, expected }: NewVersion,
): Promise<number> {
  const newest = await tx.sql
    .selectFrom('configuration_version')
    .select((eb) => eb.fn.coalesce(eb.fn.max('version'), eb.lit(0)).as('version'))
    .where('account_id', '=', account)
    .where('kind', '=', kind)
    .where('object_id', '=', objectId)
    .executeTakeFirstOrThrow();
  if (expected !== undefined && newest.version !== expected) throw new ChangedMeanwhile();
  const version = newest.version + 1;
  try {
    await tx.sql
      .insertInto('configuration_version')
      .values({
        account_id: account,
        kind,
        object_id: objectId,
        version,
        body: body === null ? null : JSON.stringify(body),
        changed_by: by.kind === 'user' ? by.id : null,
        reason,
        restored_from: restoredFrom ?? null,
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'configuration_version_pkey')) throw new ChangedMeanwhile();
    throw error;
  }
  return version;
}
