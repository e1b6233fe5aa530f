import { randomUUID } from 'node:crypto';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';

export interface NewCannedReply {
  readonly shortcut: string;
  readonly text: string;
}

/** Writes a canned reply and returns its id. */
export async function createCannedReply(
  tx: Tx,
  accountId: string,
  { actor, reply }: { actor: AuditActor; reply: NewCannedReply },
): Promise<string> {
  const id = randomUUID();
  try {
    await tx.sql
      .insertInto('canned_reply')
      .values({ account_id: accountId, id, ...reply })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'canned_reply_shortcut')) throw new Refusal('names.taken');
    throw error;
  }
  await recordAudit(tx, accountId, {
    action: 'canned-replies.created',
    actor,
    subject: { kind: 'canned-reply', id },
  });
  return id;
}
