import type { SettingValues } from '@samtal/contract/settings';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import { covers, membersHolding } from '../access/index.ts';
import { attendance } from '../routing/index.ts';
import { readSettings } from '../settings/index.ts';
import { isSetUp } from './mail-server.ts';
import { queueMail } from './queries.ts';
import { refusalOf } from './recipients.ts';

/** A queue is spoken of once in so many minutes, however many wait in it. */
const quietMinutes = 15;

interface Parts {
  readonly database: Database;
  readonly keys: ConversationKeys;
}

interface Longest {
  readonly id: string;
  readonly site_id: string | null;
  readonly queue_id: string;
  readonly units: string[];
  readonly waited_minutes: number;
}

/**
 * Queues mail about visitors who wait where no agent is available, longer than the settings of their channel say: one mail
 * to each recipient, about the one in the queue who has waited longest. Done by one node at a time. What fails in one
 * account is told when all others have been seen to. Returns how many mails were queued.
 */
export async function notifyOfWaiting({ database, keys }: Parts): Promise<number> {
  const errors: unknown[] = [];
  let queued = 0;
  for (const account of await accountsWithWaiting(database)) {
    try {
      queued += await database.transaction(account, async (tx) => await notifyInAccount(tx, keys, account));
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw new AggregateError(errors, 'Mail about waiting failed in some accounts');
  return queued;
}

async function accountsWithWaiting(database: Database): Promise<string[]> {
  const { rows } = await database.read(
    'platform',
    async (tx) =>
      await sql<{ account_id: string }>`
        select distinct account_id from conversation
        where state = 'waiting' and queued_at < now() - interval '1 minute' and not exists (
          select from account_deletion where account_deletion.account_id = conversation.account_id)`.execute(
        tx.sql,
      ),
  );
  return rows.map((row) => row.account_id);
}

async function notifyInAccount(tx: Tx, keys: ConversationKeys, account: string): Promise<number> {
  const longest = await longestWaiting(tx, account);
  if (longest.length === 0) return 0;
  const isAttended = await attendance(tx, account);
  let queued = 0;
  for (const conversation of longest) {
    const { id, site_id: site, queue_id: queue, units } = conversation;
    const settings = await readSettings(tx, account, site);
    const after = settings['mail.waiting-minutes'];
    if (after === null || conversation.waited_minutes < after || !isSetUp(settings)) continue;
    const place = { units, queue, site };
    if (isAttended(place)) continue;
    const recipients = await recipientsFor(tx, account, { settings, place });
    for (const to of recipients)
      await queueMail(tx, keys, account, {
        kind: 'waiting',
        conversationId: id,
        sentBy: null,
        body: { to, note: '', reason: '' },
      });
    if (recipients.length > 0)
      await recordAudit(tx, account, {
        action: 'mail.waiting-queued',
        actor: { kind: 'system' },
        subject: { kind: 'conversation', id },
        details: { recipients: recipients.length },
      });
    queued += recipients.length;
  }
  return queued;
}

/** Who has waited longest in each queue and channel that has been quiet for a while; locked, so that nobody takes it meanwhile. */
async function longestWaiting(tx: Tx, account: string): Promise<Longest[]> {
  const { rows } = await sql<Longest>`
    select conversation.id, conversation.site_id, conversation.queue_id, queue.units,
      extract(epoch from now() - conversation.queued_at)::float8 / 60 as waited_minutes
    from conversation
    join queue on queue.account_id = conversation.account_id and queue.id = conversation.queue_id
    where conversation.account_id = ${account} and conversation.id in (
      select distinct on (waiting.queue_id, waiting.site_id) waiting.id from conversation waiting
      where waiting.account_id = ${account} and waiting.state = 'waiting' and not exists (
        select from mail join conversation spoken_of on spoken_of.account_id = mail.account_id
          and spoken_of.id = mail.conversation_id
        where mail.account_id = waiting.account_id and mail.kind = 'waiting'
          and ((mail.conversation_id = waiting.id and mail.queued_at >= waiting.queued_at)
            or (spoken_of.queue_id = waiting.queue_id and mail.queued_at > now() - make_interval(mins => ${quietMinutes}))))
      order by waiting.queue_id, waiting.site_id, waiting.queued_at)
      and conversation.state = 'waiting'
    for no key update of conversation skip locked`.execute(tx.sql);
  return rows;
}

/** Each address once, and only those to which mail may go. */
async function recipientsFor(
  tx: Tx,
  account: string,
  { settings, place }: { settings: SettingValues; place: Parameters<typeof covers>[1] },
): Promise<string[]> {
  const agents = settings['mail.waiting-agents'] ? await addressesOfAgents(tx, account, place) : [];
  const all = [...settings['mail.waiting-addresses'], ...agents].map((address) => address.toLowerCase());
  return [...new Set(all)].filter((address) => refusalOf(address, settings) === null);
}

async function addressesOfAgents(
  tx: Tx,
  account: string,
  place: Parameters<typeof covers>[1],
): Promise<string[]> {
  const scopes = await membersHolding(tx, account, 'conversations.handle');
  const serving = [...scopes].filter(([, held]) => held.some((scope) => covers(scope, place)));
  if (serving.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('membership')
    .select('email')
    .where('account_id', '=', account)
    .where('status', '=', 'active')
    .where(
      'user_id',
      'in',
      serving.map(([userId]) => userId),
    )
    .execute();
  return rows.map(({ email }) => email);
}
