import type { Conversation, Entry } from '@samtal/contract/conversations';
import type { VisitorConversation } from '@samtal/contract/widget';
import type { ReadTx } from '../../platform/database/index.ts';
import type { ConversationLog } from './log.ts';
import { readRatings, readTags, type ConversationRow } from './queries.ts';
import { mayBeRated } from './rate-conversation.ts';

const previewLength = 140;

/** Rows in the contract's shape. `readable` says of which the caller may see what was written. */
export async function presentConversations(
  tx: ReadTx,
  log: ConversationLog,
  account: string,
  { rows, readable }: { rows: readonly ConversationRow[]; readable: (row: ConversationRow) => boolean },
): Promise<Conversation[]> {
  if (rows.length === 0) return [];
  const streams = await streamsOf(tx, account, rows);
  const names = await namesOf(tx, account, rows);
  const tags = await readTags(
    tx,
    account,
    rows.map((row) => row.id),
  );
  const ratings = await readRatings(
    tx,
    account,
    rows.filter((row) => row.state === 'resolved').map((row) => row.id),
  );
  const last = await log.lastMessages(
    tx,
    account,
    rows.filter(readable).map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    caseId: row.case_id,
    state: row.state,
    siteId: row.site_id,
    siteName: row.site_name,
    queueId: row.queue_id,
    queueName: row.queue_name,
    agentId: row.agent_id,
    agentName: names.get(row.agent_id ?? '') ?? null,
    offerUntil: row.offer_until?.toISOString() ?? null,
    link: row.link,
    tags: tags.get(row.id) ?? [],
    startedAt: row.started_at.toISOString(),
    queuedAt: row.queued_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    rating: ratings.get(row.id) ?? null,
    public: streams.get(`${row.id}:public`) ?? nothing,
    internal: streams.get(`${row.id}:internal`) ?? nothing,
    visitorDelivered: row.visitor_delivered,
    visitorRead: row.visitor_read,
    agentRead: row.agent_read,
    preview: previewOf(last.get(row.id)),
  }));
}

const nothing = { epoch: '00000000-0000-0000-0000-000000000000', head: 0 };

async function streamsOf(tx: ReadTx, account: string, rows: readonly ConversationRow[]) {
  const streams = await tx.sql
    .selectFrom('stream')
    .select(['conversation_id', 'audience', 'epoch', 'last_seq'])
    .where('account_id', '=', account)
    .where(
      'conversation_id',
      'in',
      rows.map((row) => row.id),
    )
    .execute();
  return new Map(
    streams.map((row) => [
      `${row.conversation_id}:${row.audience}`,
      { epoch: row.epoch, head: row.last_seq },
    ]),
  );
}

async function namesOf(
  tx: ReadTx,
  account: string,
  rows: readonly ConversationRow[],
): Promise<Map<string, string>> {
  const ids = [...new Set(rows.map((row) => row.agent_id).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const members = await tx.sql
    .selectFrom('membership')
    .select(['user_id', 'name'])
    .where('account_id', '=', account)
    .where('user_id', 'in', ids)
    .execute();
  return new Map(members.map((member) => [member.user_id, member.name]));
}

function previewOf(entry: Entry | undefined): Conversation['preview'] {
  if ((entry?.kind !== 'message' && entry?.kind !== 'file') || entry.actor.kind === 'system') return null;
  const text = entry.kind === 'file' ? entry.body.name : entry.body.text;
  return { by: entry.actor.kind, text: [...text].slice(0, previewLength).join(''), at: entry.at };
}

/** The conversation as its visitor sees it: nothing of queues, offers and other agents. */
export async function presentToVisitor(
  tx: ReadTx,
  account: string,
  row: ConversationRow,
): Promise<VisitorConversation> {
  const streams = await streamsOf(tx, account, [row]);
  const names = row.state === 'active' ? await namesOf(tx, account, [row]) : new Map<string, string>();
  return {
    id: row.id,
    caseId: row.case_id,
    state: row.state === 'offered' ? 'waiting' : row.state,
    agentName: names.get(row.agent_id ?? '') ?? null,
    public: streams.get(`${row.id}:public`) ?? nothing,
    rating: await ratingFor(tx, account, row),
  };
}

async function ratingFor(
  tx: ReadTx,
  account: string,
  { id, resolved_at }: ConversationRow,
): Promise<VisitorConversation['rating']> {
  if (resolved_at === null || !mayBeRated(resolved_at)) return null;
  const score = (await readRatings(tx, account, [id])).get(id);
  return score === undefined ? null : { score };
}
