import { inviteUser as inviteUserEndpoint } from '@samtal/contract/users';
import { giveRole } from '../features/access/index.ts';
import { admitWithPassword } from '../features/signin/index.ts';
import { invitationLink, inviteUser } from '../features/users/index.ts';
import type { Tx } from '../platform/database/index.ts';
import { compileExact } from '../platform/http/index.ts';
import { CommandError, needed, several, type Command, type Values } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { findRoles } from './find-user.ts';
import { readPurpose } from './purpose.ts';
import { hashFirstPassword, passwordOption, readPassword } from './password-input.ts';
import { withPlatform } from './with-platform.ts';

const actor = { kind: 'operator' } as const;
const isNewUser = compileExact(inviteUserEndpoint.body);

interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[];
  readonly purpose: string;
}

export const createUser: Command = {
  name: 'users create',
  summary: 'Add a person to an account; prints a one-time invitation link',
  help: [
    accountHelp,
    ['--email <address>', 'What the person signs in with'],
    ['--name <name>', 'What visitors and colleagues see'],
    [
      '--role <role>',
      'administrator, agent, supervisor, analyst, privacy-officer, coach, or one of your own; repeatable',
    ],
    ['--purpose <words>', 'What for; needed for roles that open conversations of others'],
    ['--password-stdin', 'Read a password from standard input instead of printing a link'],
  ],
  options: {
    ...accountOption,
    ...passwordOption,
    email: { type: 'string' },
    name: { type: 'string' },
    role: { type: 'string', multiple: true },
    purpose: { type: 'string', default: '' },
  },
  run: (context) => {
    const person = readPerson(context.values);
    return withPlatform(context.config, async (platform) => {
      const account = await findAccount(platform, context.values);
      const { id: accountId } = account;
      const password = await readPassword(context);
      const passwordHash =
        password === null ? null : await hashFirstPassword(platform, { ...person, account, password });
      const { userId, invitation } = await platform.database.transaction(accountId, (tx) =>
        addPerson(tx, accountId, person),
      );
      if (passwordHash !== null) {
        await platform.database.transaction('platform', (tx) =>
          admitWithPassword(tx, { accountId, userId, passwordHash, actor }),
        );
        return { text: `Made the user ${userId}, who can sign in now.`, json: { userId } };
      }
      const link = new URL(invitationLink(invitation.token), context.config.publicUrl).href;
      const until = invitation.expiresAt.toISOString();
      const text = `Made the user ${userId}.\nThis link lets the person in, once, until ${until}:\n\n  ${link}`;
      return { text, json: { userId, link, expiresAt: until } };
    });
  },
};

function readPerson(values: Values): NewPerson {
  const person = { email: needed(values, 'email'), name: needed(values, 'name') };
  if (!isNewUser(person)) throw new CommandError('The e-mail address or the name is not one');
  return { ...person, roles: several(values, 'role'), purpose: readPurpose(values) };
}

async function addPerson(tx: Tx, accountId: string, { email, name, roles, purpose }: NewPerson) {
  const made = await inviteUser(tx, accountId, { actor, user: { email, name } });
  for (const { id: roleId } of await findRoles(tx, accountId, roles)) {
    await giveRole(tx, accountId, {
      giver: 'operator',
      userId: made.userId,
      roleId,
      scope: {},
      note: { reason: purpose },
    });
  }
  return made;
}
