import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal, type SignedInMember } from '../../platform/http/index.ts';
import { addSecret } from './add-secret.ts';
import { endOfKey } from './lifetime.ts';

export interface Rotation {
  readonly keyId: string;
  /** When the old secret ends; null: now. */
  readonly oldEndsAt: string | null;
  readonly expiresAt?: string;
}

/**
 * Gives a key a new secret and lets the old one end when it is told. Only the owner: whoever has the secret acts within
 * what the owner holds. Refuses with api-keys.ended, api-keys.lifetime, api-keys.not-yours, api-keys.overlap, not-found.
 */
export async function rotateApiKey(
  tx: Tx,
  caller: SignedInMember,
  { keyId, oldEndsAt, expiresAt }: Rotation,
): Promise<string> {
  const { accountId } = caller;
  const key = found(await lockKey(tx, accountId, keyId));
  if (key.owner_id !== caller.userId) throw new Refusal('api-keys.not-yours');
  if (key.revoked_at !== null || key.expires_at <= new Date()) throw new Refusal('api-keys.ended');
  const ends = expiresAt === undefined ? key.expires_at : await endOfKey(tx, accountId, expiresAt);
  await endSecrets(tx, { accountId, keyId }, overlapOf(oldEndsAt, ends));
  const secret = await addSecret(tx, accountId, keyId);
  await tx.sql
    .updateTable('api_key')
    .set({ expires_at: ends })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'api-keys.rotated',
    actor: caller.actor,
    subject: { kind: 'api-key', id: keyId },
    details: { until: ends.toISOString(), oldUntil: oldEndsAt },
  });
  return secret;
}

async function lockKey(tx: Tx, accountId: string, keyId: string) {
  return await tx.sql
    .selectFrom('api_key')
    .select(['owner_id', 'revoked_at', 'expires_at'])
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .forUpdate()
    .executeTakeFirst();
}

function overlapOf(asked: string | null, keyEnds: Date): Date | null {
  if (asked === null) return null;
  const end = new Date(asked);
  if (Number.isNaN(end.getTime()) || end <= new Date() || end > keyEnds)
    throw new Refusal('api-keys.overlap');
  return end;
}

/** The newest goes on until then, null for not at all; what it was replacing ends now. So there are two at most. */
async function endSecrets(
  tx: Tx,
  { accountId, keyId }: { accountId: string; keyId: string },
  until: Date | null,
): Promise<void> {
  const living = await tx.sql
    .selectFrom('api_key_secret')
    .select('id')
    .where('account_id', '=', accountId)
    .where('key_id', '=', keyId)
    .where(sql<boolean>`(ends_at is null or ends_at > now())`)
    .orderBy('created_at', 'desc')
    .execute();
  for (const [index, { id }] of living.entries()) {
    const stays = index === 0 && until !== null;
    await tx.sql
      .updateTable('api_key_secret')
      .set({ ends_at: stays ? until : sql<Date>`now()` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .execute();
  }
}
