import { createAccount, presentAccount, readAccounts, setAccountStatus } from '../features/accounts/index.ts';
import { needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { printable, table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const actor = { kind: 'operator' } as const;

const list: Command = {
  name: 'accounts list',
  summary: 'List the accounts of this installation',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database }) => {
      const accounts = await database.read('platform', readAccounts);
      const rows = accounts.map(({ id, name, status, createdAt }) => [
        id,
        name,
        status,
        createdAt.toISOString(),
      ]);
      const text =
        rows.length === 0 ? 'There is no account yet.' : table(['id', 'name', 'status', 'created'], rows);
      return { text, json: { accounts: accounts.map(presentAccount) } };
    }),
};

const create: Command = {
  name: 'accounts create',
  summary: 'Make an account, with its keys and built-in roles',
  help: [['--name <name>', 'What the account is called']],
  options: { name: { type: 'string' } },
  run: ({ config, values }) => {
    const name = needed(values, 'name');
    return withPlatform(config, async ({ database, keyring }) => {
      const id = await database.transaction('platform', (tx) => createAccount(tx, keyring, { name, actor }));
      const next = `samtal users create --account ${id} --role administrator --email … --name …`;
      return { text: `Made the account ${id}.\nMake its first administrator: ${next}`, json: { id, name } };
    });
  },
};

export const accountCommands: readonly Command[] = [list, create, changing('suspend'), changing('resume')];

function changing(verb: 'suspend' | 'resume'): Command {
  const status = verb === 'suspend' ? 'suspended' : 'active';
  return {
    name: `accounts ${verb}`,
    summary:
      verb === 'suspend'
        ? 'Let nobody into an account, visitors included'
        : 'Let people into an account again',
    help: [accountHelp],
    options: accountOption,
    run: ({ config, values }) =>
      withPlatform(config, async (platform) => {
        const { id, name } = await findAccount(platform, values);
        await platform.database.transaction('platform', (tx) => setAccountStatus(tx, id, { status, actor }));
        return { text: `${printable(name)} (${id}) is ${status}.`, json: { id, status } };
      }),
  };
}
