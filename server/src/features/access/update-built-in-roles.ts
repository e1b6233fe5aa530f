import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database, ReadTx, Tx } from '../../platform/database/index.ts';
import { lockAccess } from './administrators.ts';
import { builtInNodes, type BuiltInNode } from './built-in-nodes.ts';
import { clearRole, readRoles, replaceClosures, writeRole, type StoredRole } from './queries.ts';
import { closures, holdersOf, type RoleGraph, type RoleNode } from './role-graph.ts';

/**
 * Lets the built-in roles of every account say what this version of the platform says of them, so that whoever holds one
 * gets what a newer version can do (B1). Each change is in the account’s audit trail. Answers in how many accounts something
 * changed.
 */
export async function updateBuiltInRoles(database: Database): Promise<number> {
  const accounts = await database.read('platform', accountsBehind);
  for (const account of accounts) await database.transaction(account, (tx) => updateAccount(tx, account));
  return accounts.length;
}

/** Accounts with a built-in role that is missing, or allows something else than it should. */
async function accountsBehind(tx: ReadTx): Promise<string[]> {
  const nodes = builtInNodes();
  const graph: RoleGraph = new Map(nodes.map((node) => [node.id, node]));
  const allows = closures(graph, graph.keys());
  const wanted = Object.fromEntries(
    nodes.map(({ word, id }) => [word, [...(allows.get(id) ?? [])].toSorted().join(' ')]),
  );
  const { rows } = await sql<{ id: string }>`
    select account.id
    from account
    cross join jsonb_each_text(${JSON.stringify(wanted)}::jsonb) as wanted (word, allows)
    left join role on role.account_id = account.id and role.built_in = wanted.word
    where role.id is null or wanted.allows is distinct from coalesce(
      (select string_agg(authorisation, ' ' order by authorisation collate "C") from role_allows a
        where a.account_id = role.account_id and a.role_id = role.id), '')
    group by account.id`.execute(tx.sql);
  return rows.map(({ id }) => id);
}

async function updateAccount(tx: Tx, accountId: string): Promise<void> {
  await lockAccess(tx, accountId);
  const roles = await readRoles(tx, accountId);
  // An account that was deleted meanwhile; every other one has some.
  if (roles.size === 0) return;
  const known = new Map(
    [...roles.values()].flatMap(({ builtIn, id }) => (builtIn === null ? [] : [[builtIn, id] as const])),
  );
  const nodes = builtInNodes(known);
  const graph: RoleGraph = new Map<string, RoleNode>([
    ...roles,
    ...nodes.map((node) => [node.id, node] as const),
  ]);
  const outdated = nodes.filter((node) => !saysTheSame(roles.get(node.id), node));
  for (const node of outdated) await insertUnlessKnown(tx, accountId, { node, roles });
  for (const node of outdated) {
    await clearRole(tx, accountId, node.id);
    await writeRole(tx, accountId, node);
  }
  const touched = new Set(nodes.flatMap(({ id }) => holdersOf(graph, id)));
  await replaceClosures(tx, accountId, closures(graph, touched));
  for (const node of outdated) {
    await recordAudit(tx, accountId, {
      action: roles.has(node.id) ? 'access.role-changed' : 'access.role-created',
      actor: { kind: 'system' },
      subject: { kind: 'role', id: node.id },
      details: { authorisations: node.authorisations, roles: node.roles },
    });
  }
}

function saysTheSame(stored: StoredRole | undefined, node: BuiltInNode): boolean {
  if (stored === undefined) return false;
  const same = (one: readonly string[], other: readonly string[]) =>
    one.toSorted().join() === other.toSorted().join();
  return same(stored.authorisations, node.authorisations) && same(stored.roles, node.roles);
}

/** A role of the account’s own may have the name already: the built-in one then bears its word as well. */
async function insertUnlessKnown(
  tx: Tx,
  accountId: string,
  { node, roles }: { node: BuiltInNode; roles: ReadonlyMap<string, StoredRole> },
): Promise<void> {
  if (roles.has(node.id)) return;
  const taken = [...roles.values()].some(({ name }) => name.toLowerCase() === node.name.toLowerCase());
  const name = taken ? `${node.name} (${node.word})` : node.name;
  await tx.sql
    .insertInto('role')
    .values({ account_id: accountId, id: node.id, built_in: node.word, name })
    .execute();
}
