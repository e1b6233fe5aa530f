import { Passwords, readIdentityByEmail, refuseWeak, refuseWeakPassword } from '../features/signin/index.ts';
import { readSettings } from '../features/settings/index.ts';
import { CommandError, type Context } from './command.ts';
import type { Platform } from './with-platform.ts';

export const passwordOption = { 'password-stdin': { type: 'boolean' } } as const;

/** The password on standard input, where `--password-stdin` says that there is one. Never an argument: those are seen. */
export async function readPassword({ values, readInput }: Context): Promise<string | null> {
  if (values['password-stdin'] !== true) return null;
  const password = await readInput();
  if (password === '') throw new CommandError('There is no password on standard input');
  return password;
}

/** The hash of a password that the person may have. */
export async function hashChosenPassword(
  { database }: Platform,
  { userId, password }: { userId: string; password: string },
): Promise<string> {
  await database.read('platform', (tx) => refuseWeakPassword(tx, { userId, password, pointer: '/password' }));
  return await new Passwords().hash(password);
}

/** The hash of the first password of a person who is about to be added. Refuses for one who has a password. */
export async function hashFirstPassword(
  { database }: Platform,
  {
    email,
    name,
    account,
    password,
  }: { email: string; name: string; account: { id: string; name: string }; password: string },
): Promise<string> {
  const identity = await database.read('platform', (tx) => readIdentityByEmail(tx, email));
  if (identity !== null && identity.passwordHash !== null) {
    throw new CommandError(
      `${email} has a password already, from another account. Leave out --password-stdin: the invitation is accepted with it`,
    );
  }
  const { 'signin.password-min-length': minLength } = await database.read('platform', (tx) =>
    readSettings(tx, account.id),
  );
  refuseWeak(password, { email, name, accountNames: [account.name], minLength }, '/password');
  return await new Passwords().hash(password);
}
