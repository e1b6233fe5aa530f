import type { Scope } from '@samtal/contract/access';
import type { ReadTx } from '../../../platform/database/index.ts';
import { includesScope, membersHolding, readPlaces } from '../../access/index.ts';

/**
 * Agents who can have conversations nowhere but within the scopes: how long they were there, and how busy, is for whoever sees all of
 * that. Of who has no place at all any more, only whoever sees the whole account knows.
 */
export async function coveredAgents(
  tx: ReadTx,
  account: string,
  scopes: readonly Scope[],
): Promise<string[]> {
  if (scopes.length === 0) return [];
  const places = await readPlaces(tx, account);
  const agents = await membersHolding(tx, account, 'conversations.handle');
  return [...agents.entries()]
    .filter(([, own]) => own.every((each) => scopes.some((scope) => includesScope(scope, each, places))))
    .map(([agentId]) => agentId);
}
