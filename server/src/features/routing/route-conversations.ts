import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Desk } from '../conversations/index.ts';
import { chooseAgent, type Candidate } from './choose-agent.ts';
import { availableAgents, waitingConversations } from './queries.ts';

/**
 * Offers or assigns every waiting conversation of the account for which somebody is there (E1, E2). One transaction at
 * a time does this for an account: two that did not know of each other would overload an agent.
 */
export async function routeConversations(tx: Tx, account: string, desk: Desk): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`route:${account}`}, 0))`.execute(tx.sql);
  let candidates = await availableAgents(tx, account);
  if (candidates.every(isFull)) return 0;
  const waiting = await waitingConversations(tx, account);
  let placed = 0;
  for (const conversation of waiting) {
    const agent = chooseAgent(conversation, candidates, new Date());
    if (agent === null) continue;
    if (!(await place(tx, account, desk, { conversation, agent }))) continue;
    candidates = candidates.map((each) => (each === agent ? busier(each) : each));
    placed += 1;
  }
  return placed;
}

type Waiting = Awaited<ReturnType<typeof waitingConversations>>[number];

/** False when somebody has taken or ended the conversation since it was listed: then there is nothing to do. */
async function place(
  tx: Tx,
  account: string,
  desk: Desk,
  { conversation, agent }: { conversation: Waiting; agent: Candidate },
): Promise<boolean> {
  const { id, assignment, offerSeconds } = conversation;
  const { userId, name } = agent;
  try {
    if (assignment === 'assign')
      await desk.give(tx, account, id, { agent: { kind: 'user', id: userId, name }, how: 'assign' });
    else await desk.offer(tx, account, id, { userId, seconds: offerSeconds });
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function isFull({ conversations, maxConversations }: Candidate): boolean {
  return conversations >= maxConversations;
}

function busier(candidate: Candidate): Candidate {
  return { ...candidate, conversations: candidate.conversations + 1 };
}
