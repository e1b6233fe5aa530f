import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';
import type { Desk } from '../conversations/index.ts';
import { chooseAgent, type Candidate } from './choose-agent.ts';
import { availableAgents, waitingConversations } from './queries.ts';

/**
 * Offers or assigns every waiting conversation of the account for which somebody is there (E1, E2). One transaction at
 * a time does this for an account: two that did not know of each other would overload an agent.
 */
export async function routeConversations(tx: Tx, account: string, desk: Desk): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`route:${account}`}, 0))`.execute(tx.sql);
  const waiting = await waitingConversations(tx, account);
  if (waiting.length === 0) return 0;
  let candidates = await availableAgents(tx, account);
  let placed = 0;
  for (const conversation of waiting) {
    const agent = chooseAgent(conversation, candidates, new Date());
    if (agent === null) continue;
    const { id } = conversation;
    if (conversation.assignment === 'assign') {
      await desk.give(tx, account, id, {
        agent: { kind: 'user', id: agent.userId, name: agent.name },
        how: 'assign',
      });
    } else {
      await desk.offer(tx, account, id, { userId: agent.userId, seconds: conversation.offerSeconds });
    }
    candidates = candidates.map((each) => (each === agent ? busier(each) : each));
    placed += 1;
  }
  return placed;
}

function busier(candidate: Candidate): Candidate {
  return { ...candidate, conversations: candidate.conversations + 1 };
}
