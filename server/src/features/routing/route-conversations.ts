import { sql } from 'kysely';
import { attempt, type Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { isUnreadable } from '../../platform/keys/index.ts';
import type { Desk, UnreadableConversations } from '../conversations/index.ts';
import { chooseAgent, type Candidate } from './choose-agent.ts';
import { availableAgents, waitingConversations } from './queries.ts';

/**
 * Offers or assigns every waiting conversation of the account for which somebody is there (E1, E2). One transaction at
 * a time does this for an account: two that did not know of each other would overload an agent. One to which nothing can be
 * written, because its key is damaged, keeps no other from its turn.
 */
export async function routeConversations(
  tx: Tx,
  account: string,
  { desk, unreadable }: { desk: Desk; unreadable: UnreadableConversations },
): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`route:${account}`}, 0))`.execute(tx.sql);
  let candidates = await availableAgents(tx, account);
  if (candidates.every(isFull)) return 0;
  const waiting = await waitingConversations(tx, account);
  let placed = 0;
  for (const conversation of waiting) {
    const agent = chooseAgent(conversation, candidates, new Date());
    if (agent === null) continue;
    const outcome = await place(tx, account, desk, { conversation, agent });
    if (outcome === 'unreadable') unreadable.note(account, conversation.id);
    if (outcome !== 'placed') continue;
    candidates = candidates.map((each) => (each === agent ? busier(each) : each));
    placed += 1;
  }
  return placed;
}

type Waiting = Awaited<ReturnType<typeof waitingConversations>>[number];

/** `gone`: somebody has taken or ended the conversation since it was listed. Nothing is left of what does not come about. */
async function place(
  tx: Tx,
  account: string,
  desk: Desk,
  { conversation, agent }: { conversation: Waiting; agent: Candidate },
): Promise<'placed' | 'gone' | 'unreadable'> {
  const { id, assignment, offerSeconds } = conversation;
  const { userId, name } = agent;
  try {
    await attempt(tx, async (part) => {
      if (assignment === 'assign')
        await desk.give(part, account, id, { agent: { kind: 'user', id: userId, name }, how: 'assign' });
      else await desk.offer(part, account, id, { userId, seconds: offerSeconds });
    });
    return 'placed';
  } catch (error) {
    if (error instanceof Refusal) return 'gone';
    if (isUnreadable(error)) return 'unreadable';
    throw error;
  }
}

function isFull({ conversations, maxConversations }: Candidate): boolean {
  return conversations >= maxConversations;
}

function busier(candidate: Candidate): Candidate {
  return { ...candidate, conversations: candidate.conversations + 1 };
}
