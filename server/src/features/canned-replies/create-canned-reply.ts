import { randomUUID } from 'node:crypto';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';

export interface NewCannedReply {
  readonly shortcut: string;
  readonly text: string;
  /** For one that is made again. */
  readonly id?: string;
}

/** Writes a canned reply and returns its id. */
export async function createCannedReply(
  tx: Tx,
  accountId: string,
  { actor, reply, note = {} }: { actor: AuditActor; reply: NewCannedReply; note?: ChangeNote },
): Promise<string> {
  const { id = randomUUID(), ...body } = reply;
  try {
    await tx.sql
      .insertInto('canned_reply')
      .values({ account_id: accountId, id, ...body })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'canned_reply_shortcut')) throw new Refusal('names.taken');
    throw error;
  }
  await recordVersion(tx, accountId, {
    kind: 'canned-reply',
    objectId: id,
    before: null,
    body,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'canned-replies.created',
    actor,
    subject: { kind: 'canned-reply', id },
  });
  return id;
}
