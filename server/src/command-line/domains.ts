import { verifyDomain, withdrawDomain } from '../features/federation/index.ts';
import { CommandError, needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { printable, table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const pattern = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const options = { ...accountOption, domain: { type: 'string' } } as const;

const list: Command = {
  name: 'domains list',
  summary: 'List the e-mail domains that were verified to be accounts’',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database }) => {
      const domains = await database.read(
        'platform',
        async (tx) =>
          await tx.sql
            .selectFrom('verified_domain as v')
            .innerJoin('account', 'account.id', 'v.account_id')
            .select(['v.domain', 'account.id as accountId', 'account.name', 'v.verified_at as verifiedAt'])
            .orderBy('v.domain')
            .execute(),
      );
      const rows = domains.map((each) => [each.domain, each.name, each.verifiedAt.toISOString()]);
      return {
        text: rows.length === 0 ? 'No domain is verified.' : table(['domain', 'account', 'verified'], rows),
        json: { domains },
      };
    }),
};

const verify: Command = {
  name: 'domains verify',
  summary:
    'Say that an e-mail domain is an account’s, so that its identity provider may vouch for addresses in it',
  help: [accountHelp, ['--domain <domain>', 'Such as almvik.example; it belongs to one account']],
  options,
  run: ({ config, values }) => {
    const domain = readDomain(needed(values, 'domain'));
    return withPlatform(config, async (platform) => {
      const { id, name } = await findAccount(platform, values);
      const isTheirs = await platform.database.transaction(
        'platform',
        async (tx) => await verifyDomain(tx, id, domain),
      );
      if (!isTheirs) throw new CommandError(`${domain} is verified already. See samtal domains list`);
      return { text: `${domain} is ${printable(name)}’s.`, json: { account: id, domain } };
    });
  },
};

const withdraw: Command = {
  name: 'domains withdraw',
  summary: 'Take back that an e-mail domain is an account’s',
  help: [accountHelp, ['--domain <domain>', 'Which domain']],
  options,
  run: ({ config, values }) => {
    const domain = readDomain(needed(values, 'domain'));
    return withPlatform(config, async (platform) => {
      const { id, name } = await findAccount(platform, values);
      const was = await platform.database.transaction(
        'platform',
        async (tx) => await withdrawDomain(tx, id, domain),
      );
      if (!was) throw new CommandError(`${domain} is not ${printable(name)}’s. See samtal domains list`);
      return { text: `${domain} is ${printable(name)}’s no more.`, json: { account: id, domain } };
    });
  },
};

export const domainCommands: readonly Command[] = [list, verify, withdraw];

function readDomain(given: string): string {
  const domain = given.toLowerCase();
  if (!pattern.test(domain)) throw new CommandError('The domain is not one, such as almvik.example');
  return domain;
}
