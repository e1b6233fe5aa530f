import { randomUUID } from 'node:crypto';
import type { Authorisation } from '@samtal/contract/access';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { lockAccess } from './administrators.ts';
import { roleBody } from './configuration.ts';
import { currentGiver } from './current-giver.ts';
import { actorOf, refuseUnlessDefinable, type Giver } from './giver.ts';
import { readRoles, writeClosures, writeRole } from './queries.ts';
import { closures, withRole } from './role-graph.ts';

export interface RoleFields {
  readonly name: string;
  readonly authorisations: readonly Authorisation[];
  /** Ids of the roles that it holds. */
  readonly roles: readonly string[];
}

/** Defines a role of the account’s own and returns its id. */
export async function createRole(
  tx: Tx,
  accountId: string,
  {
    giver: asked,
    fields,
    id = randomUUID(),
    note = {},
  }: {
    giver: Giver;
    fields: RoleFields;
    /** For one that is made again. */
    id?: string;
    note?: ChangeNote;
  },
): Promise<string> {
  await lockAccess(tx, accountId);
  const giver = await currentGiver(tx, asked, 'access.manage');
  const role = { id, authorisations: fields.authorisations, roles: fields.roles };
  const graph = withRole(await readRoles(tx, accountId), role);
  const allows = closures(graph, [id]);
  refuseUnlessDefinable(giver, allows.get(id) ?? []);
  await insertRole(tx, accountId, { id: role.id, name: fields.name });
  await writeRole(tx, accountId, role);
  await writeClosures(tx, accountId, allows);
  const by = actorOf(giver);
  await recordVersion(tx, accountId, {
    kind: 'role',
    objectId: id,
    before: null,
    body: roleBody(fields),
    by,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'access.role-created',
    actor: by,
    subject: { kind: 'role', id },
    details: { authorisations: role.authorisations, roles: role.roles },
  });
  return id;
}

async function insertRole(
  tx: Tx,
  accountId: string,
  { id, name }: { id: string; name: string },
): Promise<void> {
  try {
    await tx.sql.insertInto('role').values({ account_id: accountId, id, built_in: null, name }).execute();
  } catch (error) {
    if (isUniqueViolation(error, 'role_name')) throw new Refusal('names.taken');
    throw error;
  }
}
