import { sql } from 'kysely';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';

/**
 * Revokes a key, whoever owns it: refused from the next request on, and its tokens with it. Again changes nothing. Its row
 * stays, so that the audit trail can say whose doings they were.
 */
export async function revokeApiKey(
  tx: Tx,
  accountId: string,
  { keyId, by }: { keyId: string; by: AuditActor },
): Promise<void> {
  const key = found(
    await tx.sql
      .selectFrom('api_key')
      .select('revoked_at')
      .where('account_id', '=', accountId)
      .where('id', '=', keyId)
      .forUpdate()
      .executeTakeFirst(),
  );
  if (key.revoked_at !== null) return;
  await tx.sql
    .updateTable('api_key')
    .set({ revoked_at: sql<Date>`now()` })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .execute();
  // What it was given says nothing any more, and must not keep a role from being deleted.
  await tx.sql
    .deleteFrom('api_key_grant')
    .where('account_id', '=', accountId)
    .where('key_id', '=', keyId)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'api-keys.revoked',
    actor: by,
    subject: { kind: 'api-key', id: keyId },
  });
}
