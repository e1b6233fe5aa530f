import type { Audience } from '@samtal/contract/conversations';
import type { SettingValues } from '@samtal/contract/settings';
import { sql, type Expression, type SqlBool } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import type { ConversationKeys } from '../../platform/keys/index.ts';
import type { Draft } from './draft.ts';
import { isHeld } from './originals.ts';

/** So many originals of one stream are told of in one entry. */
const toldTogether = 500;

/**
 * Whether `original` (entry_original) of `conversation` is due (G2): by what was promised when it was written, or by what
 * the settings of the channel say now, whichever comes first. Switching redaction off takes nothing back that was promised.
 */
export function isDue(settings: SettingValues): Expression<SqlBool> {
  const now = {
    off: sql`false`,
    'at-once': sql`true`,
    resolved: sql`conversation.state = 'resolved'`,
    hours: sql`(
      select entry.at <= now() - make_interval(hours => ${settings['redaction.after-hours']}) from entry
      where entry.account_id = original.account_id and entry.conversation_id = original.conversation_id
        and entry.audience = original.audience and entry.seq = original.seq)`,
  }[settings['redaction.mode']];
  return sql<SqlBool>`(
    (original.due_at <= now() or original.due_at is null and conversation.state = 'resolved' or ${now}) and not ${isHeld})`;
}

/**
 * Lets go of the originals that are due in these conversations: deletes them, marks their buckets so that no backup
 * shows them either (G9), and writes into each stream which of its entries are redacted, so that whoever shows them
 * shows asterisks. The conversations are locked, and of one channel, whose settings these are. Answers with how many
 * originals went.
 */
export async function redactConversations(
  tx: Tx,
  { keys, append }: { keys: ConversationKeys; append: (drafts: readonly Draft[]) => Promise<unknown> },
  account: string,
  { ids, settings }: { ids: readonly string[]; settings: SettingValues },
): Promise<number> {
  const { rows } = await sql<{ id: string; audience: Audience; seq: number }>`
    select conversation.id, original.audience, original.seq from entry_original original
    join conversation on conversation.account_id = original.account_id and conversation.id = original.conversation_id
    where original.account_id = ${account} and conversation.id = any(${[...ids]}::uuid[]) and ${isDue(settings)}
    order by conversation.id, original.audience, original.seq`.execute(tx.sql);
  if (rows.length === 0) return 0;
  // First the streams, then the buckets, then the originals: posts and rotations take their locks in this order, too.
  // Into one whose key is damaged nothing can be written any more: its numbers go all the same.
  const concerned = [...new Set(rows.map(({ id }) => id))];
  const { keys: open } = await keys.readable(tx, account, concerned);
  await append(draftsOf(rows.filter(({ id }) => open.has(id))));
  await keys.markForRotation(tx, account, concerned);
  await sql`
    delete from entry_original using unnest(${rows.map(({ id }) => id)}::uuid[],
      ${rows.map(({ audience }) => audience)}::text[], ${rows.map(({ seq }) => seq)}::bigint[]) as due (id, audience, seq)
    where account_id = ${account} and conversation_id = due.id and entry_original.audience = due.audience
      and entry_original.seq = due.seq`.execute(tx.sql);
  const byConversation = Map.groupBy(rows, ({ id }) => id);
  const events = [...byConversation].map(([id, { length: count }]) => ({
    action: 'conversations.redacted',
    actor: { kind: 'system' } as const,
    subject: { kind: 'conversation', id },
    details: { count },
  }));
  await recordAudit(tx, account, ...events);
  return rows.length;
}

function draftsOf(rows: readonly { id: string; audience: Audience; seq: number }[]): Draft[] {
  return [...Map.groupBy(rows, ({ id, audience }) => `${id}:${audience}`).values()].flatMap((of) => {
    const drafts: Draft[] = [];
    for (let from = 0; from < of.length; from += toldTogether) {
      const [first, ...others] = of.slice(from, from + toldTogether);
      if (first === undefined) continue;
      drafts.push({
        conversationId: first.id,
        kind: first.audience === 'public' ? 'redacted' : 'notes-redacted',
        actor: { kind: 'system', id: null, name: null },
        author: null,
        cid: null,
        body: { seqs: [first.seq, ...others.map(({ seq }) => seq)] },
      });
    }
    return drafts;
  });
}
