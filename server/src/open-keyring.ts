import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './config.ts';
import { KeyringRecords, SameClusterError, type DatabaseAccess } from './platform/database/index.ts';
import { Keyring } from './platform/keys/index.ts';
import { OperationalError, type Log } from './platform/log/index.ts';

/**
 * Opens the keyring: in the data directory, in a directory that the nodes of a cluster share, or in a database of its
 * own. Then the installation key alone stays in the data directory, and each node needs the same one.
 */
export async function openKeyring(
  { dataDir, keyringUrl }: Pick<Config, 'dataDir' | 'keyringUrl'>,
  access: DatabaseAccess,
  log: Log,
): Promise<Keyring> {
  const directory = join(dataDir, 'keyring');
  if (keyringUrl === null) return await Keyring.open(directory);
  if (keyringUrl.startsWith('file:')) return await Keyring.open(fileURLToPath(keyringUrl));
  const records = await openRecords(keyringUrl, access, log);
  try {
    return await Keyring.open(directory, records);
  } catch (error) {
    await records.close();
    throw error;
  }
}

async function openRecords(url: string, access: DatabaseAccess, log: Log): Promise<KeyringRecords> {
  try {
    return await KeyringRecords.open(url, {
      main: access.login,
      onError: (error) => log.warn('keyring-disturbed', {}, error),
    });
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
