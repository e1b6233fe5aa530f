import { Passwords, readIdentityByEmail, refuseWeak, refuseWeakPassword } from '../features/signin/index.ts';
import { readSettings } from '../features/settings/index.ts';
import type { Tx } from '../platform/database/index.ts';
import type { Keyring } from '../platform/keys/index.ts';
import { CommandError, type Command, type Context } from './command.ts';
import { withPlatform, type Platform } from './with-platform.ts';

export const passwordOption = { 'password-stdin': { type: 'boolean' } } as const;

/** The password on standard input, where `--password-stdin` says that there is one. Never an argument: those are seen. */
export async function readPassword({ values, readInput }: Context): Promise<string | null> {
  if (values['password-stdin'] !== true) return null;
  const password = await readInput();
  if (password === '') throw new CommandError('There is no password on standard input');
  return password;
}

/** The command with which operators give a password of the installation, sealed and never shown, or take it away. */
export function installationPassword({
  of,
  whose,
  set,
  remove,
}: {
  /** The commands that it is one of: `mail`. Their `test` shows whether the password is right. */
  of: string;
  /** Who asks for the password, as a part of the summary. */
  whose: string;
  set: (tx: Tx, keyring: Keyring, password: string) => Promise<void>;
  remove: (tx: Tx) => Promise<void>;
}): Command {
  return {
    name: `${of} password`,
    summary: `Give the password for ${whose}, or take it away; it is sealed and never shown`,
    help: [
      ['--password-stdin', 'Read the password from standard input'],
      ['--remove', 'Forget the password'],
    ],
    options: { ...passwordOption, remove: { type: 'boolean' } },
    run: (context) =>
      withPlatform(context.config, async ({ database, keyring }) => {
        if (context.values['remove'] === true) {
          await database.transaction('platform', remove);
          return { text: 'The password is forgotten.', json: { password: false } };
        }
        const given = await readPassword(context);
        if (given === null) throw new CommandError('Give --password-stdin, or --remove');
        await database.transaction('platform', (tx) => set(tx, keyring, given));
        return { text: `The password is kept. Try it with samtal ${of} test.`, json: { password: true } };
      }),
  };
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
