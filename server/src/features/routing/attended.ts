import type { Tx } from '../../platform/database/index.ts';
import { covers } from '../access/index.ts';
import type { WaitingConversation } from './choose-agent.ts';
import { availableAgents } from './queries.ts';

/** Whether an agent is available who may be offered conversations of a place, busy or not. */
export async function attendance(
  tx: Tx,
  account: string,
): Promise<(place: WaitingConversation['place']) => boolean> {
  const agents = await availableAgents(tx, account);
  return (place) => agents.some(({ scopes }) => scopes.some((scope) => covers(scope, place)));
}
