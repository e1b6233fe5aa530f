import {
  changeRole as changeRoleEndpoint,
  createRole as createRoleEndpoint,
  deleteRole as deleteRoleEndpoint,
  giveRole as giveRoleEndpoint,
  listGrants,
  listHeld,
  listHolders,
  listRoles,
  withdrawRole as withdrawRoleEndpoint,
  type Role,
} from '@samtal/contract/access';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { changeRole } from './change-role.ts';
import { createRole } from './create-role.ts';
import { deleteRole } from './delete-role.ts';
import { giveRole } from './give-role.ts';
import { explainHeld, explainHolders } from './explain-access.ts';
import { presentGrant, presentRole } from './presenter.ts';
import { readGrants, readRoles } from './queries.ts';
import { withdrawRole } from './withdraw-role.ts';

export function accessRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(listRoles, async ({ caller: { accountId } }) => {
    const roles = await database.read(accountId, (tx) => readRoles(tx, accountId));
    return { items: [...roles.values()].map(presentRole) };
  });

  http.serve(createRoleEndpoint, async ({ caller, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      const { changes: fields, note } = changeOf(body);
      const id = await createRole(tx, caller.accountId, { giver: caller, fields, note });
      return await oneRole(tx, caller.accountId, id);
    }),
  );

  http.serve(changeRoleEndpoint, async ({ caller, params: { roleId }, body }) =>
    database.transaction(caller.accountId, async (tx) => {
      await changeRole(tx, caller.accountId, { giver: caller, roleId, ...changeOf(body) });
      return await oneRole(tx, caller.accountId, roleId);
    }),
  );

  http.serve(deleteRoleEndpoint, async ({ caller, params: { roleId }, body: note = {} }) => {
    await database.transaction(caller.accountId, (tx) =>
      deleteRole(tx, caller.accountId, { giver: caller, roleId, note }),
    );
    return undefined;
  });

  http.serve(listGrants, async ({ caller: { accountId }, query: { userId } }) => {
    const grants = await database.read(accountId, (tx) => readGrants(tx, accountId, { userId }));
    return { items: grants.map(presentGrant) };
  });

  http.serve(giveRoleEndpoint, async ({ caller, body }) => {
    const { changes: given, note } = changeOf(body);
    const grant = await database.transaction(caller.accountId, (tx) =>
      giveRole(tx, caller.accountId, { giver: caller, ...given, note }),
    );
    return presentGrant(grant);
  });

  http.serve(withdrawRoleEndpoint, async ({ caller, params: { grantId }, body: note = {} }) => {
    await database.transaction(caller.accountId, (tx) =>
      withdrawRole(tx, caller.accountId, { giver: caller, grantId, note }),
    );
    return undefined;
  });

  http.serve(listHeld, async ({ caller: { accountId }, params: { userId } }) => ({
    items: await database.read(accountId, (tx) => explainHeld(tx, accountId, userId)),
  }));

  http.serve(listHolders, async ({ caller: { accountId }, params: { authorisation } }) => ({
    items: await database.read(accountId, (tx) => explainHolders(tx, accountId, authorisation)),
  }));
}

async function oneRole(tx: ReadTx, accountId: string, roleId: string): Promise<Role> {
  return presentRole(found((await readRoles(tx, accountId)).get(roleId)));
}
