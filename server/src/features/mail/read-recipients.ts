import type { ReadTx } from '../../platform/database/index.ts';
import { CiphertextError, type ConversationKeys, type SealingKey } from '../../platform/keys/index.ts';
import { openMailBody, type MailBody } from './mail-body.ts';
import { readForwardings, type MailRow } from './queries.ts';

/** Somebody to whom a conversation was forwarded. The body is null when it is damaged. */
export interface Recipient {
  readonly body: MailBody | null;
  readonly at: Date;
  readonly state: MailRow['state'];
  readonly endedAt: Date | null;
}

/** To whom a conversation was forwarded, in the order in which it was. */
export async function readRecipients(
  tx: ReadTx,
  keys: ConversationKeys,
  account: string,
  conversationId: string,
): Promise<Recipient[]> {
  const rows = await readForwardings(tx, account, conversationId);
  if (rows.length === 0) return [];
  const key = await keys.one(tx, account, conversationId);
  return rows.toReversed().map((row) => ({
    body: bodyOf(key, row),
    at: row.queued_at,
    state: row.state,
    endedAt: row.ended_at,
  }));
}

function bodyOf(key: SealingKey, row: MailRow): MailBody | null {
  try {
    return openMailBody(key, row);
  } catch (error) {
    if (error instanceof CiphertextError) return null;
    throw error;
  }
}
