import type { AgentPresence } from '@samtal/contract/routing';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { membersHolding } from '../access/index.ts';
import { loadsOf } from './queries.ts';

/** A node vouches for its agents' sockets this long, and says so again well before. */
const vouchedMs = 60_000;
/** After the last socket closed: a reload is no absence. */
const graceMs = 15_000;

/** Says that these agents have a socket on this node. The first time an agent is seen, they are available. */
export async function vouchForAgents(tx: Tx, account: string, userIds: readonly string[]): Promise<void> {
  const connected = new Date(Date.now() + vouchedMs);
  await tx.sql
    .insertInto('agent_presence')
    .values(
      userIds
        .toSorted()
        .map((userId) => ({ account_id: account, user_id: userId, connected_until: connected })),
    )
    .onConflict((conflict) =>
      conflict.columns(['account_id', 'user_id']).doUpdateSet({ connected_until: connected }),
    )
    .execute();
}

/** Says that an agent's last socket on this node has closed. */
export async function releaseAgent(tx: Tx, account: string, userId: string): Promise<void> {
  await tx.sql
    .updateTable('agent_presence')
    .set({ connected_until: new Date(Date.now() + graceMs) })
    .where('account_id', '=', account)
    .where('user_id', '=', userId)
    .execute();
}

export async function choosePresence(
  tx: Tx,
  account: string,
  userId: string,
  choice: 'available' | 'away',
): Promise<void> {
  await tx.sql
    .insertInto('agent_presence')
    .values({ account_id: account, user_id: userId, choice })
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'user_id'])
        .doUpdateSet({ choice, ...(choice === 'available' ? { idle_since: new Date() } : {}) }),
    )
    .execute();
}

/** Everyone who may be offered conversations, by name, and whether they are there. */
export async function presentPresence(tx: ReadTx, account: string): Promise<AgentPresence[]> {
  const holders = [...(await membersHolding(tx, account, 'conversations.handle')).keys()];
  if (holders.length === 0) return [];
  const rows = await tx.sql
    .selectFrom('membership')
    .leftJoin('agent_presence', (join) =>
      join
        .onRef('agent_presence.account_id', '=', 'membership.account_id')
        .onRef('agent_presence.user_id', '=', 'membership.user_id'),
    )
    .select([
      'membership.user_id',
      'membership.name',
      'membership.max_conversations',
      'choice',
      'connected_until',
    ])
    .where('membership.account_id', '=', account)
    .where('membership.status', '=', 'active')
    .where('membership.user_id', 'in', holders)
    .orderBy('membership.name')
    .execute();
  const loads = await loadsOf(tx, account);
  const now = new Date();
  return rows.map((row) => ({
    userId: row.user_id,
    name: row.name,
    state:
      row.connected_until !== null && row.connected_until > now ? (row.choice ?? 'available') : 'offline',
    conversations: loads.get(row.user_id) ?? 0,
    maxConversations: row.max_conversations,
  }));
}
