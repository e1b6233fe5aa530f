import { randomUUID } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { ReadTx, Tables, Tx } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import { sealMailBody, type MailBody } from './mail-body.ts';

export type MailRow = Selectable<Tables['mail']>;

/** Queues a mail; it is sent after the transaction was committed. */
export async function queueMail(
  tx: Tx,
  keys: ConversationKeys,
  account: string,
  mail: {
    kind: MailRow['kind'];
    conversationId: string;
    sentBy: string | null;
    body: MailBody;
  },
): Promise<MailRow> {
  const where = { account_id: account, conversation_id: mail.conversationId, id: randomUUID() };
  const key = await keys.one(tx, account, mail.conversationId);
  return await tx.sql
    .insertInto('mail')
    .values({
      ...where,
      kind: mail.kind,
      sent_by: mail.sentBy,
      body: sealMailBody(key, where, mail.body),
      ended_at: null,
      failure: null,
      lease: null,
      leased_until: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The forwardings of a conversation, newest first, with the names of those who sent them. */
export async function readForwardings(
  tx: ReadTx,
  account: string,
  conversationId: string,
): Promise<(MailRow & { by_name: string | null })[]> {
  return await tx.sql
    .selectFrom('mail')
    .selectAll('mail')
    .select(sql<string | null>`name_at_work(mail.account_id, mail.sent_by)`.as('by_name'))
    .where('mail.account_id', '=', account)
    .where('mail.conversation_id', '=', conversationId)
    .where('mail.kind', '=', 'forwarding')
    .orderBy('mail.queued_at', 'desc')
    .execute();
}

/** How many mails are in which state, over all accounts. In the platform's scope. */
export async function readMailCounts(
  tx: ReadTx,
): Promise<{ state: MailRow['state']; failure: string | null; count: number; oldest: Date }[]> {
  const { rows } = await sql<{
    state: MailRow['state'];
    failure: string | null;
    count: number;
    oldest: Date;
  }>`
    select state, failure, count(*)::int as count, min(queued_at) as oldest from mail
    group by state, failure order by state, failure`.execute(tx.sql);
  return rows;
}
