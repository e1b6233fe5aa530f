import { AccountConfiguration } from '@samtal/contract/accounts';
import { restorer } from '../../platform/history/index.ts';
import { changeAccount } from './change-account.ts';

export const restoreAccount = restorer(AccountConfiguration, async (tx, caller, { body, note }) => {
  await changeAccount(tx, caller, { changes: body, note });
});
