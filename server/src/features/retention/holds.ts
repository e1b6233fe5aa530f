import type { Hold } from '@samtal/contract/retention';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found, Refusal, type MemberActor } from '../../platform/http/index.ts';
import { normalCaseId } from '../conversations/index.ts';

/**
 * Keeps a case whatever its time and whoever asks (G8), or changes how it is kept. Refuses with not-found and
 * retention.hold-past. Whoever erases it at this moment either comes first, and then it is not found, or does not erase it.
 */
export async function placeHold(
  tx: Tx,
  account: string,
  { caseId, reason, until, by }: { caseId: string; reason: string; until: string | null; by: MemberActor },
): Promise<string> {
  const end = until === null ? null : new Date(until);
  if (end !== null && end <= new Date()) throw new Refusal('retention.hold-past');
  const conversation = await tx.sql
    .selectFrom('conversation')
    .select('id')
    .where('account_id', '=', account)
    .where('case_id', '=', normalCaseId(caseId))
    .forKeyShare()
    .executeTakeFirst();
  const { id } = found(conversation);
  const hold = { reason: reason.trim(), placed_by: by.id, until: end };
  await tx.sql
    .insertInto('legal_hold')
    .values({ account_id: account, conversation_id: id, ...hold })
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'conversation_id']).doUpdateSet({ ...hold, placed_at: sql`now()` }),
    )
    .execute();
  await recordAudit(tx, account, {
    action: 'retention.hold-placed',
    actor: by,
    subject: { kind: 'conversation', id },
    details: { until: end?.toISOString() ?? null },
  });
  return id;
}

export async function liftHold(
  tx: Tx,
  account: string,
  { conversationId, by }: { conversationId: string; by: MemberActor },
): Promise<void> {
  const lifted = await tx.sql
    .deleteFrom('legal_hold')
    .where('account_id', '=', account)
    .where('conversation_id', '=', conversationId)
    .returning('conversation_id')
    .executeTakeFirst();
  found(lifted);
  await recordAudit(tx, account, {
    action: 'retention.hold-lifted',
    actor: by,
    subject: { kind: 'conversation', id: conversationId },
  });
}

/** The holds that stand, newest first; or that of one conversation. */
export async function readHolds(tx: ReadTx, account: string, conversationId?: string): Promise<Hold[]> {
  let query = tx.sql
    .selectFrom('legal_hold')
    .innerJoin('conversation', (join) =>
      join
        .onRef('conversation.account_id', '=', 'legal_hold.account_id')
        .onRef('conversation.id', '=', 'legal_hold.conversation_id'),
    )
    .select(['conversation_id', 'case_id', 'reason', 'placed_at', 'placed_by', 'until'])
    .select(sql<string | null>`name_at_work(legal_hold.account_id, placed_by)`.as('name'))
    .where('legal_hold.account_id', '=', account)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', sql<Date>`now()`)]))
    .orderBy('placed_at', 'desc');
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  return (await query.execute()).map((row) => ({
    conversationId: row.conversation_id,
    caseId: row.case_id,
    reason: row.reason,
    placedAt: row.placed_at.toISOString(),
    placedBy: row.placed_by,
    placedByName: row.name,
    until: row.until?.toISOString() ?? null,
  }));
}
