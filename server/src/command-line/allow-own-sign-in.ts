import { changeSettings, readStandingSettings } from '../features/settings/index.ts';
import type { Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { reasonHelp, reasonOf, reasonOption } from './reason.ts';
import { printable } from './table.ts';
import { withPlatform } from './with-platform.ts';

/** For an account whose identity provider lets nobody in, and whose named users cannot come in either (C4). */
export const allowOwnSignIn: Command = {
  name: 'accounts allow-own-sign-in',
  summary: 'Let people sign in to an account otherwise than by its identity providers again',
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
          set: { 'signin.federated-only': false },
          unset: [],
          by: { kind: 'operator' },
          reason: reasonOf(values),
        });
      });
      return { text: `People can sign in to ${printable(name)} with what is theirs.`, json: { id } };
    }),
};
