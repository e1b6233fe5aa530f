import { randomUUID } from 'node:crypto';
import type { SentFile } from '@samtal/contract/media';
import { sql } from 'kysely';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordFact } from '../../platform/facts/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { found, type Visitor } from '../../platform/http/index.ts';
import type { MaskedText } from '../masking/index.ts';
import { newCaseId } from './case-id.ts';
import type { Draft, DraftOf, Standing } from './draft.ts';
import type { ConversationLog } from './log.ts';
import { placeOf } from './conversation-facts.ts';
import { keepFromErasure, type ConversationRow } from './queries.ts';

export interface StartParts {
  readonly log: ConversationLog;
  readonly fanout: Fanout;
  /** Told when a conversation was made, and not when one was joined. */
  readonly begun?: (conversationId: string) => void;
}

/**
 * The visitor's first message: makes the conversation, or joins the one that is open. The same `cid` again changes
 * nothing, also when the conversation it began has been resolved meanwhile. `verifiedAt`: when a ticket said who the visitor is.
 */
export async function startConversation(
  tx: Tx,
  { log, fanout, begun }: StartParts,
  visitor: Visitor,
  post: { cid: string; text: MaskedText; verifiedAt?: Date | null },
): Promise<ConversationRow> {
  const { accountId: account } = visitor;
  const latest = await latestConversation(tx, visitor);
  const joined =
    latest !== null && (latest.state !== 'resolved' || (await hasPost(tx, latest, visitor, post.cid)));
  const conversation = joined ? latest : await makeConversation(tx, visitor, post.verifiedAt ?? null);
  const drafts: Draft[] = [];
  if (!joined) {
    await log.open(tx, account, conversation.id);
    drafts.push({
      conversationId: conversation.id,
      kind: 'started',
      actor: nobody,
      author: null,
      cid: null,
      body: {},
    });
    recordFact(tx, account, { kind: 'queued', ...placeOf(conversation), outcome: 'first' });
    tx.afterCommit(() => {
      fanout.announce({ kind: 'lists', account, lists: ['waiting'] });
      begun?.(conversation.id);
    });
  }
  drafts.push(visitorMessage(visitor, conversation.id, post));
  // The caller may have something to say in the internal stream, too, and of the visitor.
  keepFromErasure(tx, account, [conversation.id]);
  log.lock(tx, account, conversation.id);
  const written = (await log.append(tx, account, drafts)).at(-1)?.written;
  // It was resolved between our look and our lock. Nothing may be called accepted that was not written (E4).
  if (written !== true) throw new ResolvedMeanwhile();
  return conversation;
}

class ResolvedMeanwhile extends Error {}

const nobody = { kind: 'system', id: null, name: null } as const;

export function visitorMessage(
  visitor: { visitorId: string },
  conversationId: string,
  { cid, text }: { cid: string; text: MaskedText },
): DraftOf<'message'> {
  return { ...byVisitor(visitor, conversationId, cid), kind: 'message', body: { text } };
}

/** The entry that shows a file of the visitor's. */
export function visitorFile(
  visitor: { visitorId: string },
  conversationId: string,
  { cid, file }: { cid: string; file: SentFile },
): DraftOf<'file'> {
  return { ...byVisitor(visitor, conversationId, cid), kind: 'file', body: file };
}

function byVisitor({ visitorId }: { visitorId: string }, conversationId: string, cid: string) {
  return {
    conversationId,
    actor: { kind: 'visitor', id: null, name: null },
    author: visitorId,
    cid,
    admit: (standing: Standing) => (standing.visitorId === visitorId ? null : 'not-found'),
  } as const;
}

export async function latestConversation(
  tx: Tx,
  { accountId, visitorId }: { accountId: string; visitorId: string },
): Promise<ConversationRow | null> {
  const row = await tx.sql
    .selectFrom('conversation')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('visitor_id', '=', visitorId)
    .orderBy(sql`state = 'resolved'`)
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

async function hasPost(
  tx: Tx,
  conversation: ConversationRow,
  visitor: Visitor,
  cid: string,
): Promise<boolean> {
  const row = await tx.sql
    .selectFrom('entry')
    .select('seq')
    .where('account_id', '=', conversation.account_id)
    .where('conversation_id', '=', conversation.id)
    .where('audience', '=', 'public')
    .where('author', '=', visitor.visitorId)
    .where('cid', '=', cid)
    .executeTakeFirst();
  return row !== undefined;
}

async function makeConversation(tx: Tx, visitor: Visitor, verifiedAt: Date | null): Promise<ConversationRow> {
  const { accountId: account } = visitor;
  const site = found(
    await tx.sql
      .selectFrom('site')
      .innerJoin('queue', (join) =>
        join.onRef('queue.account_id', '=', 'site.account_id').onRef('queue.id', '=', 'site.queue_id'),
      )
      .select(['site.name as site_name', 'queue.id as queue_id', 'queue.name as queue_name'])
      .where('site.account_id', '=', account)
      .where('site.id', '=', visitor.siteId)
      .executeTakeFirst(),
  );
  return await tx.sql
    .insertInto('conversation')
    .values({
      account_id: account,
      id: randomUUID(),
      case_id: newCaseId(),
      state: 'waiting',
      site_id: visitor.siteId,
      ...site,
      agent_id: null,
      offer_until: null,
      visitor_id: visitor.visitorId,
      verified_at: verifiedAt,
      resolved_at: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Two tabs began at once, an agent resolved it just now, or two case ids were the same: what to do is to try again. */
export function mayBeTriedAgain(error: unknown): boolean {
  return (
    error instanceof ResolvedMeanwhile ||
    isUniqueViolation(error, 'conversation_open_of_visitor') ||
    isUniqueViolation(error, 'conversation_account_id_case_id_key') ||
    isUniqueViolation(error, 'entry_client_id')
  );
}
