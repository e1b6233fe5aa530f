import { sql } from 'kysely';
import type { ReadTx, Tx } from '../database/index.ts';
import type { Keyring } from './keyring.ts';
import { openSecret, sealSecret } from './sealed-secret.ts';

/** What operators have given so that the installation can sign in elsewhere, and what it proves itself by. */
export type InstallationSecretName = 'mail-password' | 'sms-password' | 'sftp-host-key';

const placeOf = (id: InstallationSecretName) =>
  ({ account: null, purpose: 'installation-secret', id }) as const;

/**
 * The secret, or null where none was given. In the platform’s scope, like the others here. Throws CiphertextError where it
 * cannot be opened, such as in a database that was restored beside another keyring.
 */
export async function readInstallationSecret(
  tx: ReadTx,
  keyring: Keyring,
  name: InstallationSecretName,
): Promise<string | null> {
  const row = await tx.sql
    .selectFrom('installation_secret')
    .select('sealed')
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? null : (await openSecret(keyring, placeOf(name), row.sealed)).toString();
}

/** Keeps the secret, sealed, in the place of one there was. */
export async function setInstallationSecret(
  tx: Tx,
  keyring: Keyring,
  { name, secret }: { name: InstallationSecretName; secret: string },
): Promise<void> {
  const sealed = await sealSecret(keyring, placeOf(name), Buffer.from(secret));
  await tx.sql
    .insertInto('installation_secret')
    .values({ name, sealed })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ sealed, set_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
}

/** The secret, made now if there is none yet: of several nodes that need it at once, all get what one has made. */
export async function provideInstallationSecret(
  tx: Tx,
  keyring: Keyring,
  { name, make }: { name: InstallationSecretName; make: () => string },
): Promise<string> {
  const known = await readInstallationSecret(tx, keyring, name);
  if (known !== null) return known;
  const sealed = await sealSecret(keyring, placeOf(name), Buffer.from(make()));
  await tx.sql
    .insertInto('installation_secret')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const kept = await readInstallationSecret(tx, keyring, name);
  if (kept === null) throw new Error('A secret that was kept is not there');
  return kept;
}

/** Forgets the secret, if there was one. */
export async function removeInstallationSecret(tx: Tx, name: InstallationSecretName): Promise<void> {
  await tx.sql.deleteFrom('installation_secret').where('name', '=', name).execute();
}
