import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { KeyringRecords, SameClusterError, type DatabaseAccess } from './platform/database/index.ts';
import { DirectoryKeyStore, Keyring, type KeyStore } from './platform/keys/index.ts';
import { OperationalError, type Log } from './platform/log/index.ts';

/**
 * Opens the keyring: in the data directory, in a directory that the nodes of a cluster share, or in a database of its
 * own. Then the installation key alone stays in the data directory, and each node needs the same one. `main` is the main
 * database, which must be of another cluster.
 */
export async function openKeyring(
  config: Pick<Config, 'dataDir' | 'keyringUrl'>,
  main: DatabaseAccess,
  log: Log,
): Promise<Keyring> {
  const { directory, store } = await keyStoreOf(config, { main: main.login, log });
  try {
    return await Keyring.open(directory, store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Where the installation key and the records of the keyring are, or are to be. `main` is null where there is none yet. */
export async function keyStoreOf(
  { dataDir, keyringUrl }: Pick<Config, 'dataDir' | 'keyringUrl'>,
  beside: { main: DatabaseAccess['login'] | null; log: Log },
): Promise<{ directory: string; store: KeyStore }> {
  const directory = join(dataDir, 'keyring');
  if (keyringUrl === null) return { directory, store: new DirectoryKeyStore(directory) };
  if (!keyringUrl.startsWith('file:')) return { directory, store: await openRecords(keyringUrl, beside) };
  const shared = fileURLToPath(keyringUrl);
  return { directory: shared, store: new DirectoryKeyStore(shared) };
}

async function openRecords(
  url: string,
  { main, log }: { main: DatabaseAccess['login'] | null; log: Log },
): Promise<KeyringRecords> {
  try {
    const onError = (error: Error) => log.warn('keyring-disturbed', {}, error);
    return await KeyringRecords.open(url, { main, onError });
  } catch (cause) {
    if (cause instanceof SameClusterError) {
      throw new OperationalError(
        'keyring-beside-database',
        'SAMTAL_KEYRING_URL leads to the PostgreSQL cluster that has the main database: whoever copies that cluster, or its write-ahead log, would have the keys as well. Give the keyring a cluster of its own',
        { cause },
      );
    }
    throw new OperationalError(
      'keyring-unreachable',
      'SAMTAL_KEYRING_URL: the database of the keyring cannot be opened; check its address, user and password',
      { cause },
    );
  }
}
