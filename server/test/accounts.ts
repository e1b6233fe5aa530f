import { randomBytes } from 'node:crypto';
import type { BuiltInRole, Scope } from '@samtal/contract/access';
import { giveRole, loadMember, readRoles } from '../src/features/access/index.ts';
import { createAccount } from '../src/features/accounts/index.ts';
import { Passwords } from '../src/features/signin/index.ts';
import { replacePasswordHash } from '../src/features/signin/set-password.ts';
import { createUnit } from '../src/features/units/index.ts';
import { inviteUser } from '../src/features/users/index.ts';
import type { Member } from '../src/platform/http/index.ts';
import type { TestDatabase } from './database.ts';

/** A role by its id, or a built-in one by its word; with a scope where it is not for the whole account. */
export interface TestRole {
  readonly role: string;
  readonly scope?: Scope;
}

export interface TestPerson {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
}

const passwords = new Passwords();

/** An active account. */
export async function testAccount({ database, keyring }: TestDatabase, name = 'Almvik'): Promise<string> {
  return await database.transaction('platform', (tx) =>
    createAccount(tx, keyring, { name, actor: { kind: 'operator' } }),
  );
}

/** A region of the account, at the top or in another one. */
export async function testUnit(
  { database }: TestDatabase,
  accountId: string,
  name: string,
  parentId: string | null = null,
): Promise<string> {
  return await database.transaction(accountId, (tx) =>
    createUnit(tx, accountId, { actor: { kind: 'operator' }, unit: { kind: 'region', name, parentId } }),
  );
}

/** An active user with these roles. Without a password the person cannot sign in, which saves a hash. */
export async function testUser(
  { database, asOwner }: TestDatabase,
  accountId: string,
  {
    roles = [],
    email = `${randomBytes(6).toString('hex')}@example.org`,
    name = 'Test Person',
    password = '',
  }: {
    roles?: readonly (BuiltInRole | TestRole)[];
    email?: string;
    name?: string;
    password?: string;
  } = {},
): Promise<TestPerson> {
  const userId = await database.transaction(accountId, async (tx) => {
    const invited = await inviteUser(tx, accountId, { actor: { kind: 'operator' }, user: { email, name } });
    const known = [...(await readRoles(tx, accountId)).values()];
    for (const wanted of roles) {
      const { role, scope = {} }: TestRole = typeof wanted === 'string' ? { role: wanted } : wanted;
      const roleId = known.find(({ id, builtIn }) => id === role || builtIn === role)?.id ?? role;
      await giveRole(tx, accountId, {
        giver: 'operator',
        userId: invited.userId,
        roleId,
        scope,
        note: { reason: 'A test' },
      });
    }
    return invited.userId;
  });
  await asOwner("update membership set status = 'active' where account_id = $1 and user_id = $2", [
    accountId,
    userId,
  ]);
  await asOwner('delete from invitation where account_id = $1 and user_id = $2', [accountId, userId]);
  if (password !== '') {
    const hash = await passwords.hash(password);
    await database.transaction('platform', (tx) => replacePasswordHash(tx, userId, { from: null, to: hash }));
  }
  return { userId, email, password };
}

/** The user as a member, as a request of theirs would see it; null when they may not work in the account. */
export async function asMember(
  { database }: TestDatabase,
  accountId: string,
  userId: string,
): Promise<Member | null> {
  const person = { userId, sessionId: userId, hasSecondFactor: false, address: '192.0.2.1', origin: null };
  return await database.read(accountId, (tx) => loadMember(tx, person, accountId));
}
