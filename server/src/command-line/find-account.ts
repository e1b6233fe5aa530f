import { readAccounts, type StoredAccount } from '../features/accounts/index.ts';
import { CommandError, optional, UsageError, type Values } from './command.ts';
import type { Platform } from './with-platform.ts';

export const accountOption = { account: { type: 'string' } } as const;
export const accountHelp = [
  '--account <id or name>',
  'Which account; may be left out where there is only one',
] as const;

/** The account that `--account` names, by id or by name. */
export async function findAccount({ database }: Platform, values: Values): Promise<StoredAccount> {
  const accounts = await database.read('platform', readAccounts);
  const wanted = optional(values, 'account');
  if (wanted === undefined) {
    const [only] = accounts;
    if (only === undefined)
      throw new CommandError('There is no account yet. Make one: samtal accounts create --name …');
    if (accounts.length > 1) throw new UsageError('--account is missing, and there are several accounts');
    return only;
  }
  const folded = wanted.toLowerCase();
  const matching = accounts.filter(({ id, name }) => id === folded || name.toLowerCase() === folded);
  const [account] = matching;
  if (account === undefined)
    throw new CommandError(`There is no account “${wanted}”. See samtal accounts list`);
  if (matching.length > 1)
    throw new CommandError(`Several accounts are called “${wanted}”: give the id instead`);
  return account;
}
