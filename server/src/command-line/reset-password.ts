import { admitWithPassword, clearPassword } from '../features/signin/index.ts';
import { invitationLink, issueInvitation } from '../features/users/index.ts';
import { CommandError, needed, type Command } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { findUser } from './find-user.ts';
import { hashChosenPassword, passwordOption, readPassword } from './password-input.ts';
import { withPlatform } from './with-platform.ts';

const actor = { kind: 'operator' } as const;

export const resetPassword: Command = {
  name: 'users reset-password',
  summary: 'Let a person choose a new password; prints a one-time link and ends their sessions',
  help: [
    accountHelp,
    ['--email <address>', 'Whose password; it is the same one in every account of the person'],
    ['--password-stdin', 'Read the new password from standard input instead of printing a link'],
  ],
  options: { ...accountOption, ...passwordOption, email: { type: 'string' } },
  run: (context) => {
    const email = needed(context.values, 'email');
    return withPlatform(context.config, async (platform) => {
      const { database } = platform;
      const { id: accountId } = await findAccount(platform, context.values);
      const { id: userId, status } = await findUser(platform, accountId, email);
      if (status === 'inactive') throw new CommandError(`${email} is switched off in the account`);
      const password = await readPassword(context);
      if (password !== null) {
        const passwordHash = await hashChosenPassword(platform, { userId, password });
        await database.transaction('platform', (tx) =>
          admitWithPassword(tx, { accountId, userId, passwordHash, actor }),
        );
        return { text: `${email} has the new password. Their sessions have ended.`, json: { userId } };
      }
      const { token, expiresAt } = await database.transaction(accountId, (tx) =>
        issueInvitation(tx, accountId, userId),
      );
      await database.transaction('platform', (tx) => clearPassword(tx, { accountId, userId, actor }));
      const link = new URL(invitationLink(token), context.config.publicUrl).href;
      const until = expiresAt.toISOString();
      const text = `The old password and all sessions of ${email} have ended.\nThis link sets a new password, once, until ${until}:\n\n  ${link}`;
      return { text, json: { userId, link, expiresAt: until } };
    });
  },
};
