import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { isReferenceViolation, type Database, type Tx } from '../../platform/database/index.ts';
import { Refusal, type SignedInMember } from '../../platform/http/index.ts';

const ticketLifeMs = 30_000;

/**
 * A ticket opens one socket, once, soon: the session's cookie alone opens none. Only its hash is kept. Refuses with
 * signin.required when the session has ended since the request was let in.
 */
export async function createTicket(
  tx: Tx,
  member: Pick<SignedInMember, 'accountId' | 'userId' | 'sessionId'>,
): Promise<{ ticket: string; expiresAt: string }> {
  const ticket = randomBytes(32).toString('base64url');
  const expires = new Date(Date.now() + ticketLifeMs);
  const row = {
    token_hash: hashed(ticket),
    account_id: member.accountId,
    user_id: member.userId,
    session_id: member.sessionId,
    expires_at: expires,
  };
  try {
    await tx.sql.insertInto('realtime_ticket').values(row).execute();
  } catch (error) {
    if (isReferenceViolation(error)) throw new Refusal('signin.required');
    throw error;
  }
  return { ticket, expiresAt: expires.toISOString() };
}

/** Redeems a ticket: of any number of tries at the same time, one succeeds. */
export async function redeemTicket(database: Database, ticket: string) {
  return await database.transaction('platform', async (tx) => {
    const row = await tx.sql
      .deleteFrom('realtime_ticket')
      .where('token_hash', '=', hashed(ticket))
      .returning([
        'account_id as accountId',
        'user_id as userId',
        'session_id as sessionId',
        'expires_at',
        sql<boolean>`coalesce((select second_factor_at is not null from session
          where session.id = realtime_ticket.session_id), false)`.as('hasSecondFactor'),
        sql<boolean>`coalesce((select is_operator from session where session.id = realtime_ticket.session_id), false)`.as(
          'isOperator',
        ),
      ])
      .executeTakeFirst();
    if (row === undefined || row.expires_at < new Date()) return null;
    const { accountId, userId, sessionId, hasSecondFactor, isOperator } = row;
    return { accountId, userId, sessionId, hasSecondFactor, isOperator };
  });
}

function hashed(ticket: string): Buffer {
  return createHash('sha256').update(ticket).digest();
}
