import { Scope } from '@samtal/contract/access';
import { giveRole } from '../features/access/index.ts';
import { compileExact } from '../platform/http/index.ts';
import { CommandError, needed, several, type Command, type Values } from './command.ts';
import { accountHelp, accountOption, findAccount } from './find-account.ts';
import { findUnits } from './find-units.ts';
import { findRoles, findUser } from './find-user.ts';
import { readPurpose } from './purpose.ts';
import { withPlatform } from './with-platform.ts';

const dimensions = ['queue', 'site'] as const;
const isScope = compileExact(Scope);

export const grantRole: Command = {
  name: 'users grant',
  summary: 'Give a role to a user, for the whole account or within a scope',
  help: [
    accountHelp,
    ['--email <address>', 'To whom'],
    ['--role <role>', 'Which role; repeatable'],
    ['--purpose <words>', 'What for; needed for roles that open conversations of others'],
    ['--unit <name or id>', 'Only in this region or team and what lies below it; repeatable'],
    ['--queue, --site <id>', 'Only for this queue or site; repeatable'],
  ],
  options: {
    ...accountOption,
    email: { type: 'string' },
    role: { type: 'string', multiple: true },
    purpose: { type: 'string', default: '' },
    unit: { type: 'string', multiple: true },
    queue: { type: 'string', multiple: true },
    site: { type: 'string', multiple: true },
  },
  run: ({ config, values }) => {
    const email = needed(values, 'email');
    const words = several(values, 'role');
    const reason = readPurpose(values);
    if (words.length === 0) needed(values, 'role');
    return withPlatform(config, async (platform) => {
      const { id: accountId } = await findAccount(platform, values);
      const { id: userId } = await findUser(platform, accountId, email);
      const grants = await platform.database.transaction(accountId, async (tx) => {
        const unit = await findUnits(tx, accountId, several(values, 'unit'));
        const scope = readScope(values, unit);
        const given = [];
        for (const { id: roleId } of await findRoles(tx, accountId, words)) {
          given.push(
            await giveRole(tx, accountId, { giver: 'operator', userId, roleId, scope, note: { reason } }),
          );
        }
        return given;
      });
      return { text: `${email} holds ${words.join(', ')} now.`, json: { grants } };
    });
  },
};

/** A scope of these units, and of the queues and sites that the command names. */
function readScope(values: Values, unit: string[]): Scope {
  const scope: Scope = unit.length > 0 ? { unit } : {};
  for (const dimension of dimensions) {
    const given = several(values, dimension);
    if (given.length > 0) scope[dimension] = given;
  }
  if (!isScope(scope)) throw new CommandError('The scope is not one: ids are UUIDs');
  return scope;
}
