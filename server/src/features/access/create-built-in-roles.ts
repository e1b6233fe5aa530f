import type { Tx } from '../../platform/database/index.ts';
import { builtInNodes } from './built-in-nodes.ts';
import { writeClosures, writeRole } from './queries.ts';
import { closures, withRole, type RoleGraph } from './role-graph.ts';

/** Gives a new account its built-in roles, with their closures (B1). */
export async function createBuiltInRoles(tx: Tx, accountId: string): Promise<void> {
  const nodes = builtInNodes();
  await tx.sql
    .insertInto('role')
    .values(nodes.map(({ id, word, name }) => ({ account_id: accountId, id, built_in: word, name })))
    .execute();
  let graph: RoleGraph = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) graph = withRole(graph, node);
  for (const node of nodes) await writeRole(tx, accountId, node);
  await writeClosures(tx, accountId, closures(graph, graph.keys()));
}
