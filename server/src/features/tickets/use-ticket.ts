import { createHash } from 'node:crypto';
import type { Tx } from '../../platform/database/index.ts';
import { noteTicketKeyUse } from './queries.ts';
import { refuse, type VerifiedTicket } from './verify-ticket.ts';

/**
 * Redeems a ticket, once: whoever writes its row first has it, on whichever node, and others wait until that is decided.
 * Refuses with tickets.refused.
 */
export async function useTicket(
  tx: Tx,
  { accountId, siteId }: { accountId: string; siteId: string },
  { keyId, jti, expiresAt }: VerifiedTicket,
): Promise<void> {
  const ticket_hash = createHash('sha256').update(`${siteId}:${jti}`).digest();
  const written = await tx.sql
    .insertInto('used_ticket')
    .values({ account_id: accountId, ticket_hash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(['account_id', 'ticket_hash']).doNothing())
    .executeTakeFirst();
  if (written.numInsertedOrUpdatedRows !== 1n) refuse('it was redeemed before');
  if (keyId !== null) await noteTicketKeyUse(tx, accountId, keyId);
}
