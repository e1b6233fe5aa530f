import { changeSettings, readStandingSettings } from '../features/settings/index.ts';
import type { Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { reasonHelp, reasonOf, reasonOption } from './reason.ts';
import { printable } from './table.ts';
import { withPlatform } from './with-platform.ts';

/** For an account whose people have shut themselves out. */
export const clearNetworks: Command = {
  name: 'accounts clear-networks',
  summary: 'Let people sign in to an account from any address again',
  help: [accountHelp, reasonHelp],
  options: { ...accountOption, ...reasonOption },
  run: ({ config, values }) =>
    withPlatform(config, async (platform) => {
      const { id, name } = await findAccount(platform, values);
      await platform.database.transaction(id, async (tx) => {
        const { version } = (await readStandingSettings(tx, id, null)).own;
        await changeSettings(tx, id, {
          channelId: null,
          version,
          set: { 'signin.networks': [] },
          unset: [],
          by: { kind: 'operator' },
          reason: reasonOf(values),
        });
      });
      return { text: `People can sign in to ${printable(name)} from any address.`, json: { id } };
    }),
};
