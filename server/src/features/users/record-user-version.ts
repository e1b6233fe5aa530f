import type { AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { userBody, type Configured } from './configuration.ts';

export interface UserVersion {
  readonly userId: string;
  /** As the user was until now, read under a lock; null for one who is new. */
  readonly before: Configured | null;
  readonly after: Configured;
  readonly by: AuditActor;
  readonly note?: ChangeNote;
}

/** Appends a version of a user, with the name beside it. Refuses like recordVersion. */
export async function recordUserVersion(
  tx: Tx,
  accountId: string,
  { userId, before, after, by, note = {} }: UserVersion,
): Promise<void> {
  await recordVersion(tx, accountId, {
    kind: 'user',
    objectId: userId,
    before: before === null ? null : userBody(before),
    body: userBody(after),
    names: { before: before?.name ?? null, after: after.name },
    by,
    note,
  });
}
