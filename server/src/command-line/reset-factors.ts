import { resetFactors as reset } from '../features/signin/index.ts';
import { needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { findUser } from './find-user.ts';
import { withPlatform } from './with-platform.ts';

export const resetFactors: Command = {
  name: 'users reset-factors',
  summary: 'Take away everything that a person signs in with besides the password; ends their sessions',
  help: [accountHelp, ['--email <address>', 'Whose; in every account of the person']],
  options: { ...accountOption, email: { type: 'string' } },
  run: ({ config, values }) => {
    const email = needed(values, 'email');
    return withPlatform(config, async (platform) => {
      const { id: accountId } = await findAccount(platform, values);
      const { id: userId } = await findUser(platform, accountId, email);
      await platform.database.transaction('platform', (tx) =>
        reset(tx, { accountId, userId, giver: 'operator' }),
      );
      return {
        text: `${email} signs in with the password alone. Their sessions have ended.`,
        json: { userId },
      };
    });
  },
};
