import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import {
  DatabaseInUseError,
  ReplacementError,
  replaceContents,
  type DatabaseAccess,
  type Tx,
} from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { sql } from 'kysely';
import { ContentRestoration, type MediaStore } from '../media/index.ts';
import {
  checkInside,
  checkOutside,
  readDatabaseFile,
  readFilesFile,
  refuseOtherCount,
} from './check-backup.ts';
import { BackupError } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { sweepAccounts, sweepConversations } from './sweep-unreadable.ts';

export interface Restored {
  readonly manifest: Manifest;
  readonly rows: number;
  /** Files of conversations that were put back. */
  readonly files: number;
  /** What was in the backup and is erased since. */
  readonly swept: { readonly accounts: number; readonly conversations: number };
}

/**
 * Replaces database and files with what the set holds, read with the current keyring, never with one of the same age: so what was
 * erased after the backup stays erased (G9). Everything is checked first; then all of it happens in one transaction, or
 * nothing; files are added before its commit and removed after it. Throws BackupError. The schema must be there, and nobody else may be connected.
 */
export async function restoreBackup({
  access,
  keyring,
  store,
  set,
  identities,
}: {
  access: DatabaseAccess;
  keyring: Keyring;
  store: MediaStore;
  set: string;
  identities: readonly string[];
}): Promise<Restored> {
  const { publicKey } = await keyring.signingKey();
  const manifest = await checkOutside(set, publicKey);
  await checkInside(set, manifest, identities);
  const restoration = new ContentRestoration(store);
  try {
    const { files, ...swept } = await replaceContents(access, async (replacement) => {
      await readDatabaseFile(set, identities, {
        table: async (name, columns, bytes) =>
          refuseOtherCount(manifest, name, await replacement.fill(name, columns, bytes)),
        tableEnd: () => undefined,
        sequences: async (sequences) => await replacement.setSequences(sequences),
      });
      const { tx } = replacement;
      await replacement.complete();
      const accounts = await sweepAccounts(tx, keyring);
      const conversations = await sweepConversations(tx, keyring);
      // Clients that still have newer entries than there are now drop them, and load again.
      await sql`update stream set epoch = gen_random_uuid()`.execute(tx.sql);
      // A session that ended after the backup must not come back to life: everybody signs in again.
      await tx.sql.deleteFrom('session').execute();
      await recordAudit(tx, platformChain, {
        action: 'backup.restored',
        actor: { kind: 'operator' },
        details: {
          madeAt: manifest.at,
          accountsSwept: accounts,
          conversationsSwept: conversations,
        },
      });
      return { accounts, conversations, files: await restoreFiles(tx, restoration, { set, identities }) };
    });
    await restoration.complete();
    const rows = Object.values(manifest.rows).reduce((sum, count) => sum + count, 0);
    return { manifest, rows, files, swept };
  } catch (cause) {
    if (cause instanceof DatabaseInUseError)
      throw new BackupError(
        'backup-in-use',
        'Somebody is connected to the database: stop every node first, and whatever else uses it',
        { cause },
      );
    if (cause instanceof ReplacementError)
      throw new BackupError('backup-schema', `${cause.message} than the backup has`, { cause });
    throw cause;
  }
}

/** Puts back what the rows that are left lead to, last of all: what comes after it is the commit. Answers with how many. */
async function restoreFiles(
  tx: Tx,
  restoration: ContentRestoration,
  { set, identities }: { set: string; identities: readonly string[] },
): Promise<number> {
  try {
    await restoration.begin();
    await readFilesFile(set, identities, async (file, sealed) => await restoration.put(tx, file, sealed));
    return await restoration.end(tx);
  } catch (error) {
    await restoration.undo();
    throw error;
  }
}
