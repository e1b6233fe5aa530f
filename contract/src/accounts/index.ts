import { endpoint } from '../endpoint/index.ts';
import { changeFields, NewestVersion } from '../history/change.ts';
import { changesOf, closed, Id, Instant, Name, oneOf, type Static } from '../shared/index.ts';

/** What versions keep of an account (H1). */
export const AccountConfiguration = closed({ name: Name });

export const Account = closed({
  id: Id,
  name: Name,
  status: oneOf('active', 'suspended'),
  createdAt: Instant,
  version: NewestVersion,
});
export type Account = Static<typeof Account>;

export const getAccount = endpoint({
  id: 'accounts.getAccount',
  method: 'GET',
  path: '/accounts/{accountId}',
  summary: 'One account that you belong to',
  access: 'member',
  params: closed({ accountId: Id }),
  status: 200,
  response: Account,
});

export const changeAccount = endpoint({
  id: 'accounts.changeAccount',
  method: 'PATCH',
  path: '/accounts/{accountId}',
  summary: 'Rename the account',
  access: { holding: 'account.manage' },
  params: closed({ accountId: Id }),
  body: changesOf({ name: Name, ...changeFields }),
  status: 200,
  response: Account,
  errors: ['history.changed-meanwhile'],
});
