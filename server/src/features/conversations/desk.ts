import type { Actor, EntryBody, EntryKind } from '@samtal/contract/conversations';
import { recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordFact, type Fact } from '../../platform/facts/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { readSettings } from '../settings/index.ts';
import type { MaskedText } from '../masking/index.ts';
import { askForRating } from './ask-for-rating.ts';
import type { Draft, DraftBody } from './draft.ts';
import type { ConversationLog } from './log.ts';
import { countsOf } from './conversation-counts.ts';
import { placeOf, recordLeaving, recordUnanswered } from './conversation-facts.ts';
import {
  lockConversation,
  memberName,
  now as thisMoment,
  updateConversation,
  type ConversationRow,
} from './queries.ts';
import { after } from './states.ts';

/** Who lets a conversation change state: a user, a program with a key, the visitor, or the platform on its own. */
export type By =
  | { readonly kind: 'user'; readonly id: string; readonly name: string }
  | { readonly kind: 'api-key'; readonly id: string; readonly name: string }
  | { readonly kind: 'visitor'; readonly id: string }
  | { readonly kind: 'system' };

/** Ends the session of a visitor: what was open with it is refused from the next request on. */
export type EndVisitorSession = (tx: Tx, account: string, visitorId: string) => Promise<void>;

/** A connection whose session has ended stays this long. */
const farewellMs = 2_000;

/**
 * The transitions of conversations (states.ts). Each is one transaction: it locks the conversation, changes it, writes
 * the entries that say so, records it for the audit, and announces it when it has happened.
 */
export class Desk {
  readonly #log: ConversationLog;
  readonly #fanout: Fanout;
  readonly #endVisitorSession: EndVisitorSession;

  constructor(log: ConversationLog, fanout: Fanout, endVisitorSession: EndVisitorSession) {
    this.#log = log;
    this.#fanout = fanout;
    this.#endVisitorSession = endVisitorSession;
  }

  /** Offers a waiting conversation to an agent for some seconds, or hands an active one over that way. */
  async offer(
    tx: Tx,
    account: string,
    id: string,
    to: { userId: string; seconds: number },
  ): Promise<ConversationRow> {
    const before = await this.#lock(tx, account, id);
    const state = after(before.state, before.state === 'active' ? 'hand-over' : 'offer');
    const until = new Date(Date.now() + to.seconds * 1000);
    const now = await updateConversation(tx, before, {
      state,
      agent_id: to.userId,
      offer_until: until,
      joined_at: null,
    });
    await tx.sql
      .insertInto('offer')
      .values({ account_id: account, conversation_id: id, user_id: to.userId })
      .execute();
    await this.#write(tx, now, {
      by: system,
      kind: 'offered',
      body: await this.#agent(tx, account, to.userId),
    });
    recordFact(tx, account, { kind: 'offered', ...placeOf(now), agentId: to.userId });
    this.#changed(tx, before, now);
    return now;
  }

  /** The agent takes up an offer. Refused when it has passed on, whoever asks. */
  async accept(
    tx: Tx,
    account: string,
    id: string,
    agent: Extract<By, { kind: 'user' }>,
  ): Promise<ConversationRow> {
    const before = await this.#offeredTo(tx, account, id, agent.id);
    const now = await updateConversation(tx, before, {
      state: after(before.state, 'accept'),
      offer_until: null,
      waiting_since: null,
      joined_at: thisMoment,
    });
    await answerOffer(tx, before, 'accepted');
    await this.#join(tx, before, agent, before.waiting_since === null ? 'handed-over' : 'accepted');
    await this.#audit(tx, now, { what: 'accepted', by: agent });
    this.#changed(tx, before, now);
    return now;
  }

  async decline(
    tx: Tx,
    account: string,
    id: string,
    agent: Extract<By, { kind: 'user' }>,
  ): Promise<ConversationRow> {
    const before = await this.#offeredTo(tx, account, id, agent.id);
    const now = await this.#passOn(tx, before, 'declined');
    await this.#audit(tx, now, { what: 'declined', by: agent });
    return now;
  }

  /** An offer nobody answered in time passes on (E2). Null when it was answered at the last moment. */
  async miss(tx: Tx, account: string, id: string): Promise<ConversationRow | null> {
    const before = await this.#lock(tx, account, id);
    if (before.state !== 'offered' || before.offer_until === null || before.offer_until > new Date())
      return null;
    return await this.#passOn(tx, before, 'missed');
  }

  /** Gives a waiting conversation to an agent at once: routing assigns it, or the agent picks it. */
  async give(
    tx: Tx,
    account: string,
    id: string,
    { agent, how }: { agent: Extract<By, { kind: 'user' }>; how: 'assign' | 'take' },
  ): Promise<ConversationRow> {
    const before = await this.#lock(tx, account, id);
    const now = await updateConversation(tx, before, {
      state: after(before.state, how),
      agent_id: agent.id,
      waiting_since: null,
      joined_at: thisMoment,
    });
    await this.#join(tx, before, agent, how === 'take' ? 'taken' : 'assigned');
    await this.#audit(tx, now, {
      what: how === 'take' ? 'taken' : 'assigned',
      by: how === 'take' ? agent : { kind: 'system' },
    });
    this.#changed(tx, before, now);
    return now;
  }

  /** Puts a conversation into a queue, at its end, and out of the hands of whoever had it. */
  async queue(
    tx: Tx,
    account: string,
    id: string,
    { to, by, note }: { to: { id: string; name: string }; by: By; note: MaskedText | null },
  ): Promise<ConversationRow> {
    const before = await this.#lock(tx, account, id);
    const state = after(before.state, 'queue');
    await answerOffer(tx, before, 'withdrawn');
    await this.#note(tx, before, by, note);
    await this.#write(tx, before, { by, kind: 'transferred', body: { queueName: to.name } });
    await this.#leave(tx, before);
    // Who has not been answered yet, and comes into the queue that they are in, has never left it.
    const staysInQueue = before.waiting_since !== null && before.queue_id === to.id;
    const now = await updateConversation(tx, before, {
      state,
      agent_id: null,
      offer_until: null,
      queue_id: to.id,
      queue_name: to.name,
      queued_at: thisMoment,
      joined_at: null,
      ...(staysInQueue ? {} : { waiting_since: thisMoment }),
    });
    if (!staysInQueue) {
      recordUnanswered(tx, before, 'transferred');
      recordFact(tx, account, {
        kind: 'queued',
        ...placeOf(now),
        outcome: by.kind === 'system' ? 'returned' : 'transfer',
      });
    }
    await this.#audit(tx, now, { what: 'transferred', by, details: { queueId: to.id } });
    this.#changed(tx, before, now);
    return now;
  }

  /** Hands an active or waiting conversation to one agent, as an offer. */
  async handOver(
    tx: Tx,
    account: string,
    id: string,
    { to, by, note }: { to: { userId: string; seconds: number }; by: By; note: MaskedText | null },
  ): Promise<ConversationRow> {
    const before = await this.#lock(tx, account, id);
    after(before.state, 'hand-over');
    await this.#note(tx, before, by, note);
    await this.#write(tx, before, { by, kind: 'transferred', body: { queueName: null } });
    await this.#leave(tx, before);
    const now = await this.offer(tx, account, id, to);
    await this.#audit(tx, now, { what: 'transferred', by, details: { agentId: to.userId } });
    this.#changed(tx, before, now);
    return now;
  }

  /**
   * Ends a conversation. Nothing can be posted to it any more, and what was to be redacted then is (G2). Where the channel says so,
   * the visitor is asked how it went (D7), unless they have left, and their session ends, too.
   */
  async resolve(
    tx: Tx,
    account: string,
    id: string,
    {
      by,
      reason,
      text = '',
      visitor = reason === 'session-ended' ? 'has-left' : 'may-answer',
    }: {
      by: By;
      reason: EntryBody<'resolved'>['by'];
      text?: string;
      visitor?: 'may-answer' | 'has-left';
    },
  ): Promise<ConversationRow> {
    const before = await this.#lock(tx, account, id);
    const state = after(before.state, 'resolve');
    await answerOffer(tx, before, 'withdrawn');
    const now = await updateConversation(tx, before, {
      state,
      offer_until: null,
      resolved_at: thisMoment,
      waiting_since: null,
      joined_at: null,
    });
    const settings = await readSettings(tx, account, now.site_id);
    // Before the last entry, after which nobody listens any more.
    await this.#log.redact(tx, account, { ids: [id], settings });
    const asks = visitor === 'may-answer' && (await askForRating(tx, now, settings));
    await this.#write(tx, before, {
      by,
      kind: 'resolved',
      body: {
        by: reason,
        ...(text === '' ? {} : { text }),
        ...(asks ? { asksRating: true } : {}),
      },
    });
    await this.#log.close(tx, account, id);
    await recordLeaving(tx, before, 'resolved');
    const visitorLeft = reason === 'visitor' || reason === 'session-ended';
    recordUnanswered(tx, before, visitorLeft ? 'abandoned' : 'ended');
    recordFact(tx, account, {
      kind: 'resolved',
      ...placeOf(before),
      agentId: before.agent_id,
      since: before.started_at,
      outcome: reason,
      counts: await countsOf(tx, before),
    });
    await this.#freeAgent(tx, before);
    await this.#audit(tx, now, { what: 'resolved', by, details: { by: reason } });
    this.#changed(tx, before, now);
    if (settings['conversations.resolving-disconnects']) await this.#disconnect(tx, now);
    return now;
  }

  /**
   * How long nobody has written in an active conversation, while nobody can: until the transaction ends, posts wait and
   * then find what it did. Null when it is not active.
   */
  async holdStill(
    tx: Tx,
    account: string,
    id: string,
  ): Promise<{ siteId: string | null; silentSeconds: number; warned: boolean } | null> {
    const { state, site_id: siteId } = await this.#lock(tx, account, id);
    if (state !== 'active') return null;
    return { siteId, ...(await this.#log.readSilence(tx, account, id)) };
  }

  /** Tells the visitor that the conversation will end unless somebody writes (E5). */
  async warn(tx: Tx, account: string, id: string, body: EntryBody<'inactivity-warning'>): Promise<void> {
    const conversation = await this.#lock(tx, account, id);
    await this.#write(tx, conversation, { by: system, kind: 'inactivity-warning', body });
    await this.#log.noteWarning(tx, account, id);
  }

  /** Notes that the visitor's connection became weak, was lost, or is back (E3). */
  async noteLink(tx: Tx, account: string, id: string, link: 'ok' | 'weak' | 'lost'): Promise<void> {
    const before = await this.#lock(tx, account, id);
    if (before.link === link || before.state === 'resolved') return;
    const now = await updateConversation(tx, before, { link });
    // The first connection is no news.
    if (before.link !== 'unknown') {
      const state = link === 'ok' ? 'back' : link;
      await this.#write(tx, now, { by: system, kind: 'connection', body: { state } });
      recordFact(tx, account, { kind: 'link', ...placeOf(now), outcome: state });
    }
    this.#changed(tx, before, now);
  }

  /** The conversation and then its streams: until the transaction ends it does not change, and nobody writes to it. */
  async #lock(tx: Tx, account: string, id: string): Promise<ConversationRow> {
    const conversation = await lockConversation(tx, account, id);
    this.#log.lock(tx, account, id);
    return conversation;
  }

  async #disconnect(tx: Tx, { account_id: account, visitor_id: session }: ConversationRow): Promise<void> {
    await this.#endVisitorSession(tx, account, session);
    // The last entry reaches the visitor first, on whichever node.
    tx.afterCommit(() => {
      setTimeout(() => this.#fanout.announce({ kind: 'recheck', session }), farewellMs).unref();
    });
  }

  async #offeredTo(tx: Tx, account: string, id: string, userId: string): Promise<ConversationRow> {
    const conversation = await this.#lock(tx, account, id);
    if (conversation.state !== 'offered' || conversation.agent_id !== userId)
      throw new Refusal('conversations.not-offered');
    return conversation;
  }

  async #passOn(tx: Tx, before: ConversationRow, outcome: 'declined' | 'missed'): Promise<ConversationRow> {
    const agent = await this.#agent(tx, before.account_id, before.agent_id ?? '');
    await answerOffer(tx, before, outcome);
    await this.#write(tx, before, { by: system, kind: outcome, body: agent });
    await this.#freeAgent(tx, before);
    const state = after(before.state, outcome === 'missed' ? 'miss' : 'decline');
    // One that was handed over, and not taken, waits in the queue again.
    const returns = before.waiting_since === null;
    const now = await updateConversation(tx, before, {
      state,
      agent_id: null,
      offer_until: null,
      ...(returns ? { waiting_since: thisMoment } : {}),
    });
    if (returns) recordFact(tx, now.account_id, { kind: 'queued', ...placeOf(now), outcome: 'returned' });
    this.#changed(tx, before, now);
    return now;
  }

  async #agent(tx: Tx, account: string, userId: string): Promise<{ agentId: string; agentName: string }> {
    return { agentId: userId, agentName: await memberName(tx, account, userId) };
  }

  async #join(
    tx: Tx,
    before: ConversationRow,
    agent: Extract<By, { kind: 'user' }>,
    outcome: Extract<Fact, { kind: 'joined' }>['outcome'],
  ): Promise<void> {
    await this.#write(tx, before, {
      by: agent,
      kind: 'joined',
      body: { agentId: agent.id, agentName: agent.name },
    });
    const handling = { ...placeOf(before), agentId: agent.id };
    recordFact(tx, before.account_id, { kind: 'joined', ...handling, outcome });
    if (before.waiting_since !== null)
      recordFact(tx, before.account_id, { kind: 'answered', ...handling, since: before.waiting_since });
  }

  async #leave(tx: Tx, before: ConversationRow): Promise<void> {
    if (before.state !== 'active' || before.agent_id === null) return;
    await this.#write(tx, before, {
      by: system,
      kind: 'left',
      body: await this.#agent(tx, before.account_id, before.agent_id),
    });
    await recordLeaving(tx, before, 'transferred');
    await this.#freeAgent(tx, before);
  }

  async #note(tx: Tx, conversation: ConversationRow, by: By, text: MaskedText | null): Promise<void> {
    if (text !== null) await this.#write(tx, conversation, { by, kind: 'note', body: { text } });
  }

  /** Longest idle counts from when the agent last got free. */
  async #freeAgent(tx: Tx, before: ConversationRow): Promise<void> {
    if (before.agent_id === null || before.state === 'waiting') return;
    await tx.sql
      .updateTable('agent_presence')
      .set({ idle_since: new Date() })
      .where('account_id', '=', before.account_id)
      .where('user_id', '=', before.agent_id)
      .execute();
  }

  async #write<Kind extends EntryKind>(
    tx: Tx,
    conversation: ConversationRow,
    { by, kind, body }: { by: By; kind: Kind; body: DraftBody<Kind> },
  ): Promise<void> {
    const draft = {
      conversationId: conversation.id,
      kind,
      actor: actorOf(by),
      author: by.kind === 'user' || by.kind === 'api-key' ? by.id : null,
      cid: null,
      body,
    };
    // A kind and its own body: what the signature says, and a union cannot.
    await this.#log.append(tx, conversation.account_id, [draft as Draft]);
  }

  async #audit(
    tx: Tx,
    conversation: ConversationRow,
    { what, by, details }: { what: string; by: By; details?: Record<string, string> },
  ): Promise<void> {
    const actor: AuditActor = by.kind === 'system' ? { kind: 'system' } : { kind: by.kind, id: by.id };
    await recordAudit(tx, conversation.account_id, {
      action: `conversations.${what}`,
      actor,
      subject: { kind: 'conversation', id: conversation.id },
      ...(details === undefined ? {} : { details }),
    });
  }

  #changed(tx: Tx, before: ConversationRow, now: ConversationRow): void {
    const users = [before.agent_id, now.agent_id].filter((id) => id !== null);
    const account = now.account_id;
    tx.afterCommit(() => {
      if (users.length > 0) this.#fanout.announce({ kind: 'lists', account, lists: ['mine'], users });
      if (before.state !== now.state)
        this.#fanout.announce({ kind: 'lists', account, lists: ['waiting', 'presence'] });
    });
  }
}

const system: By = { kind: 'system' };

function actorOf(by: By): Actor {
  if (by.kind === 'user' || by.kind === 'api-key') return { kind: 'agent', id: by.id, name: by.name };
  return { kind: by.kind, id: null, name: null };
}

async function answerOffer(
  tx: Tx,
  conversation: ConversationRow,
  outcome: 'accepted' | 'declined' | 'missed' | 'withdrawn',
): Promise<void> {
  if (conversation.state !== 'offered' || conversation.agent_id === null) return;
  const offer = await tx.sql
    .updateTable('offer')
    .set({ outcome, answered_at: thisMoment })
    .where('account_id', '=', conversation.account_id)
    .where('conversation_id', '=', conversation.id)
    .where('user_id', '=', conversation.agent_id)
    .where('outcome', 'is', null)
    .returning('offered_at')
    .executeTakeFirst();
  if (offer === undefined) return;
  recordFact(tx, conversation.account_id, {
    kind: outcome,
    ...placeOf(conversation),
    agentId: conversation.agent_id,
    since: offer.offered_at,
  });
}
