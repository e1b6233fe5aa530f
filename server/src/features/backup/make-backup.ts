import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import {
  BackupUnderWayError,
  readSnapshot,
  type DatabaseAccess,
  type Snapshot,
} from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { keptContents, type MediaStore } from '../media/index.ts';
import { writeDatabase } from './database-archive.ts';
import { BackupError } from './errors.ts';
import { writeFiles } from './files-archive.ts';
import { databaseFile, filesFile, manifestFiles, type Manifest } from './manifest.ts';
import { sealFile } from './sealed-file.ts';
import { publish, removeUnfinished, setPath, syncDirectory } from './sets.ts';
import { writeFileDurably, type WrittenFile } from './write-file.ts';

export interface BackupParts {
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
  /** Of the files in conversations. */
  readonly store: MediaStore;
  /** Where the sets are; made when it is not there. */
  readonly directory: string;
  /** `age1…`; anyone who has the identity of one can open the set. */
  readonly recipients: readonly string[];
  /** Of the platform. */
  readonly version: string;
}

/** A set that is complete. */
export interface MadeBackup {
  readonly path: string;
  readonly manifest: Manifest;
}

/**
 * Backs up every table as it is at one moment, and the files that it leads to (K2), encrypted to the recipients. The set has
 * its name when it is whole and on disk. Refuses while another backup of this database is under way.
 */
export async function makeBackup(parts: BackupParts): Promise<MadeBackup> {
  const { access, keyring, directory } = parts;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = await keyring.signingKey();
  try {
    return await readSnapshot(access, async (snapshot) => {
      await removeUnfinished(directory);
      const path = setPath(directory, snapshot.at);
      const part = `${path}.part`;
      await mkdir(part, { mode: 0o700 });
      try {
        const content = {
          ...(await writeTables(snapshot, part, parts)),
          ...(await writeContents(snapshot, part, parts)),
        };
        const manifest = manifestOf(parts, snapshot, { ...content, publicKey: key.publicKey });
        for (const { name, text } of manifestFiles(manifest, key))
          await writeFileDurably(join(part, name), Readable.from([Buffer.from(text)]));
        await syncDirectory(part);
        await publish(part, path);
        return { path, manifest };
      } catch (error) {
        await rm(part, { recursive: true, force: true });
        throw error;
      }
    });
  } catch (error) {
    if (error instanceof BackupUnderWayError)
      throw new BackupError('backup-under-way', 'Another backup of this database is being made', {
        cause: error,
      });
    throw error;
  }
}

async function writeTables(
  snapshot: Snapshot,
  directory: string,
  { recipients }: BackupParts,
): Promise<{ rows: Manifest['rows']; database: WrittenFile }> {
  const rows: Record<string, number> = {};
  let database: WrittenFile | null = null;
  await pipeline(
    Readable.from(
      writeDatabase(snapshot, (table, count) => void (rows[table] = count)),
      { objectMode: false, highWaterMark: 1024 * 1024 },
    ),
    createZstdCompress(),
    (compressed) => sealFile(compressed as AsyncIterable<Buffer>, { kind: 'database', recipients }),
    async (sealed) => void (database = await writeFileDurably(join(directory, databaseFile), sealed)),
  );
  if (database === null) throw new Error('The pipeline ended before its end');
  return { rows, database };
}

/** After the tables: what a row leads to was there before the row. Ciphertext is not compressed. */
async function writeContents(
  snapshot: Snapshot,
  directory: string,
  { recipients, store }: BackupParts,
): Promise<{ media: Manifest['media']; files: WrittenFile }> {
  let media = { kept: 0, lacking: 0 };
  const archive = writeFiles(keptContents(snapshot, store), (counts) => void (media = counts));
  const files = await writeFileDurably(
    join(directory, filesFile),
    sealFile(archive, { kind: 'files', recipients }),
  );
  return { media, files };
}

function manifestOf(
  { recipients, version }: BackupParts,
  { at, serverVersion, migrations }: Snapshot,
  {
    rows,
    media,
    database,
    files,
    publicKey,
  }: Pick<Manifest, 'rows' | 'media'> & { database: WrittenFile; files: WrittenFile; publicKey: string },
): Manifest {
  return {
    format: 2,
    at: at.toISOString(),
    versions: { platform: version, postgres: serverVersion },
    installation: publicKey,
    recipients,
    migrations,
    rows,
    media,
    files: [
      { name: databaseFile, ...database },
      { name: filesFile, ...files },
    ],
  };
}
