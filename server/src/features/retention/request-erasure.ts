import type { Subject } from '@samtal/contract/retention';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { MemberActor } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { eraseAddress } from '../activity-log/index.ts';
import { caseHashOf } from './case-hash.ts';
import { recordDeletion } from './record-deletion.ts';
import { resolveSubject } from './subject.ts';

/**
 * Writes down that something is to be erased, and what that is at this moment; `advanceErasure` does it. What was looked
 * for by is kept nowhere. An address is erased in this transaction, since nothing else would find it again. The same id
 * again changes nothing. Refuses as `resolveSubject` does.
 */
export async function requestErasure(
  tx: Tx,
  keyring: Keyring,
  account: string,
  { id, subject, reference, by }: { id: string; subject: Subject; reference: string; by: MemberActor },
): Promise<void> {
  const made = await tx.sql
    .insertInto('erasure')
    .values({
      account_id: account,
      id,
      state: 'requested',
      wanted: subject.kind,
      attribute: subject.kind === 'attribute' ? subject.attribute : null,
      reference: reference.trim(),
      requested_by: by.id,
    })
    .onConflict((conflict) => conflict.columns(['account_id', 'id']).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made === undefined) return;
  const { conversationIds, address } = await resolveSubject(tx, keyring, account, subject);
  await addCases(tx, keyring, account, { id, conversationIds });
  const logLines = address === null ? 0 : await eraseAddress(tx, keyring, account, address);
  if (logLines > 0) {
    await tx.sql
      .updateTable('erasure')
      .set({ log_lines: logLines })
      .where('account_id', '=', account)
      .where('id', '=', id)
      .execute();
    const cause = { kind: 'erasure', erasureId: id } as const;
    await recordDeletion(tx, account, { dataClass: 'activity-log', count: logLines, cause });
  }
  await recordAudit(tx, account, {
    action: 'retention.erasure-requested',
    actor: by,
    subject: { kind: 'erasure', id },
    details: { wanted: subject.kind, conversations: conversationIds.length, logLines },
  });
}

async function addCases(
  tx: Tx,
  keyring: Keyring,
  account: string,
  { id, conversationIds }: { id: string; conversationIds: readonly string[] },
): Promise<void> {
  if (conversationIds.length === 0) return;
  const caseHash = await caseHashOf(keyring, account);
  const rows = await tx.sql
    .selectFrom('conversation')
    .select(['id', 'case_id'])
    .where('account_id', '=', account)
    .where('id', '=', (eb) => eb.fn.any(eb.val([...conversationIds])))
    .execute();
  await sql`
    insert into erasure_case (account_id, erasure_id, conversation_id, case_hash)
    select ${account}::uuid, ${id}::uuid, * from unnest(
      ${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => caseHash(row.case_id))}::bytea[])
  `.execute(tx.sql);
}
