import type { Tx } from '../platform/database/index.ts';
import { readRoles, type StoredRole } from '../features/access/index.ts';
import { readIdentityByEmail } from '../features/signin/index.ts';
import { readUser, type StoredUser } from '../features/users/index.ts';
import { CommandError } from './command.ts';
import type { Platform } from './with-platform.ts';

/** The user of the account with this address. */
export async function findUser(
  { database }: Platform,
  accountId: string,
  email: string,
): Promise<StoredUser> {
  const identity = await database.read('platform', (tx) => readIdentityByEmail(tx, email));
  const user =
    identity === null ? null : await database.read(accountId, (tx) => readUser(tx, accountId, identity.id));
  if (user === null)
    throw new CommandError(`Nobody in the account has the address ${email}. See samtal users list`);
  return user;
}

/** The roles of the account that these words name: a built-in role’s word, a role’s name or its id. */
export async function findRoles(tx: Tx, accountId: string, words: readonly string[]): Promise<StoredRole[]> {
  const roles = [...(await readRoles(tx, accountId)).values()];
  return words.map((word) => {
    const folded = word.trim().toLowerCase();
    const role = roles.find(({ id, builtIn, name }) => [id, builtIn, name.toLowerCase()].includes(folded));
    if (role !== undefined) return role;
    const known = roles.map(({ builtIn, name }) => builtIn ?? `“${name}”`).join(', ');
    throw new CommandError(`The account has no role “${word}”. It has: ${known}`);
  });
}
