import { randomUUID } from 'node:crypto';
import { builtInRoles, type BuiltInRole, type Authorisation } from '@samtal/contract/access';
import type { Tx } from '../../platform/database/index.ts';
import { writeClosure, writeRole } from './queries.ts';
import { closure, withRole, type RoleGraph } from './role-graph.ts';

/** Gives a new account its built-in roles, with their closures (B1). */
export async function createBuiltInRoles(tx: Tx, accountId: string): Promise<void> {
  const words = Object.keys(builtInRoles) as BuiltInRole[];
  const ids = new Map<string, string>(words.map((word) => [word, randomUUID()]));
  const idOf = (word: string): string => {
    const id = ids.get(word);
    if (id === undefined) throw new Error(`A built-in role holds ${word}, which is not one`);
    return id;
  };
  const nodes = words.map((word) => {
    const role: { authorisations: readonly Authorisation[]; roles: readonly string[] } = builtInRoles[word];
    return { id: idOf(word), authorisations: role.authorisations, roles: role.roles.map(idOf) };
  });
  await tx.sql
    .insertInto('role')
    .values(
      words.map((word) => ({
        account_id: accountId,
        id: idOf(word),
        built_in: word,
        name: builtInRoles[word].name,
      })),
    )
    .execute();
  let graph: RoleGraph = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) graph = withRole(graph, node);
  for (const node of nodes) {
    await writeRole(tx, accountId, node);
    await writeClosure(tx, accountId, node.id, closure(graph, node.id));
  }
}
