import assert from 'node:assert/strict';
import { giveRole, listRoles } from '@samtal/contract/access';
import { getSession, type Session } from '@samtal/contract/signin';
import { Api } from './api.ts';
import type { Stage } from './stage.ts';

/** What only a privacy officer may do, the supervisor may from now on. */
export async function appointOfficer(stage: Stage): Promise<void> {
  const administrator = await Api.signIn(stage.origin, stage.person('ingrid'));
  const params = { accountId: administrator.accountId };
  const { user }: Session = await (await stage.supervisor()).call(getSession, {});
  const { items } = await administrator.call(listRoles, { params });
  const role = items.find(({ builtIn }) => builtIn === 'privacy-officer') ?? assert.fail('no such role');
  await administrator.call(giveRole, {
    params,
    body: { userId: user.id, roleId: role.id, scope: {}, reason: 'A test' },
  });
}
