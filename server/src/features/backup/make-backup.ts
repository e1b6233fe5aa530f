import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { BackupUnderWayError, readSnapshot, type DatabaseAccess } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { writeArchive } from './archive.ts';
import { BackupError } from './errors.ts';
import { databaseFile, manifestFiles, type Manifest } from './manifest.ts';
import { sealFile } from './sealed-file.ts';
import { publish, removeUnfinished, setPath, syncDirectory } from './sets.ts';
import { writeFileDurably, type WrittenFile } from './write-file.ts';

export interface BackupParts {
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
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
 * Backs up every table as it is at one moment (K2), encrypted to the recipients. The set has its name when it is whole and on
 * disk. Refuses while another backup of this database is under way.
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
        const rows: Record<string, number> = {};
        let file: WrittenFile | null = null;
        await pipeline(
          Readable.from(
            writeArchive(snapshot, (table, count) => void (rows[table] = count)),
            { objectMode: false, highWaterMark: 1024 * 1024 },
          ),
          createZstdCompress(),
          (compressed) =>
            sealFile(compressed as AsyncIterable<Buffer>, {
              kind: 'database',
              recipients: parts.recipients,
            }),
          async (sealed) => void (file = await writeFileDurably(join(part, databaseFile), sealed)),
        );
        const manifest = manifestOf(parts, { snapshot, rows, file: written(file), publicKey: key.publicKey });
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

function manifestOf(
  { recipients, version }: BackupParts,
  {
    snapshot,
    rows,
    file,
    publicKey,
  }: {
    snapshot: { at: Date; serverVersion: string; migrations: Manifest['migrations'] };
    rows: Manifest['rows'];
    file: WrittenFile;
    publicKey: string;
  },
): Manifest {
  return {
    format: 1,
    at: snapshot.at.toISOString(),
    versions: { platform: version, postgres: snapshot.serverVersion },
    installation: publicKey,
    recipients,
    migrations: snapshot.migrations,
    rows,
    files: [{ name: databaseFile, ...file }],
  };
}

function written(file: WrittenFile | null): WrittenFile {
  if (file === null) throw new Error('The pipeline ended before its end');
  return file;
}
