import { RoleConfiguration } from '@samtal/contract/access';
import { restorer } from '../../platform/history/index.ts';
import { changeRole } from './change-role.ts';
import { createRole } from './create-role.ts';
import { readRoles } from './queries.ts';

export const restoreRole = restorer(RoleConfiguration, async (tx, giver, { objectId, body, note }) => {
  const { accountId } = giver;
  if ((await readRoles(tx, accountId)).has(objectId)) {
    await changeRole(tx, accountId, { giver, roleId: objectId, changes: body, note });
  } else {
    await createRole(tx, accountId, { giver, fields: body, id: objectId, note });
  }
});
