import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { knownMigrations } from '../../platform/database/index.ts';
import { readDatabase, type DatabaseReader } from './database-archive.ts';
import { BackupError } from './errors.ts';
import { readFiles } from './files-archive.ts';
import { databaseFile, filesFile, readManifest, type Manifest } from './manifest.ts';
import { openFile } from './sealed-file.ts';

/**
 * Checks a set without opening it: the signature, that this version has its schema, and size and hash of every file. Needs
 * no identity. Throws BackupError.
 */
export async function checkOutside(set: string, publicKey: string): Promise<Manifest> {
  const manifest = await readManifest(set, publicKey);
  await refuseOtherSchema(manifest);
  for (const { name, sizeBytes, sha256 } of manifest.files) {
    const path = join(set, name);
    const { size } = await stat(path).catch((cause: unknown) => {
      throw new BackupError('backup-damaged', `The backup is damaged: it lacks the file ${name}`, { cause });
    });
    if (size !== sizeBytes)
      throw new BackupError(
        'backup-damaged',
        `The backup is damaged: the file ${name} has ${size} bytes, and had ${sizeBytes} when it was made`,
      );
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
    if (hash.digest('hex') !== sha256)
      throw new BackupError('backup-damaged', `The backup is damaged: the file ${name} was changed`);
  }
  return manifest;
}

/** Reads everything in a set to its end, and sees that it is what the manifest says. Throws BackupError. */
export async function checkInside(
  set: string,
  manifest: Manifest,
  identities: readonly string[],
): Promise<void> {
  const rows: Record<string, number> = {};
  await readDatabaseFile(set, identities, {
    table: async (_name, _columns, bytes) => {
      for await (const _chunk of bytes);
    },
    tableEnd: (name, count) => void (rows[name] = count),
    sequences: async () => {},
  });
  for (const name of new Set([...Object.keys(rows), ...Object.keys(manifest.rows)]))
    refuseOtherCount(manifest, name, rows[name] ?? 0);
  const files = await readFilesFile(set, identities, async (_file, sealed) => {
    for await (const _piece of sealed);
  });
  const { kept, lacking } = manifest.media;
  if (files !== kept || kept + lacking !== (manifest.rows['media'] ?? 0))
    throw new BackupError(
      'backup-damaged',
      `The backup is damaged: it has ${files} files of conversations, and the manifest says ${kept}, for ${manifest.rows['media'] ?? 'no'} rows`,
    );
}

export function refuseOtherCount(manifest: Manifest, table: string, rows: number): void {
  if (manifest.rows[table] === rows) return;
  throw new BackupError(
    'backup-damaged',
    `The backup is damaged: ${table} has ${rows} rows, and the manifest says ${manifest.rows[table] ?? 'none'}`,
  );
}

/** Opens the set's database file and gives its content to the reader, as it comes. */
export async function readDatabaseFile(
  set: string,
  identities: readonly string[],
  reader: DatabaseReader,
): Promise<void> {
  await pipeline(
    createReadStream(join(set, databaseFile), { highWaterMark: 1024 * 1024 }),
    (sealed) => openFile(sealed as AsyncIterable<Buffer>, { kind: 'database', identities }),
    createZstdDecompress(),
    async (plain) => await readDatabase(plain as AsyncIterable<Buffer>, reader),
  );
}

/** Opens the set's files of conversations and gives them to the reader, as they come. Answers with how many there were. */
export async function readFilesFile(
  set: string,
  identities: readonly string[],
  reader: Parameters<typeof readFiles>[1],
): Promise<number> {
  const sealed = createReadStream(join(set, filesFile), { highWaterMark: 1024 * 1024 });
  return await readFiles(openFile(sealed as AsyncIterable<Buffer>, { kind: 'files', identities }), reader);
}

async function refuseOtherSchema({ format, migrations, versions }: Manifest): Promise<void> {
  if (format !== 2)
    throw new BackupError(
      'backup-schema',
      `This backup was made by version ${versions.platform} in another form. Restore it with that version`,
    );
  const ours = await knownMigrations();
  const isOurs = (at: number) =>
    ours[at]?.name === migrations[at]?.name && ours[at]?.hash === migrations[at]?.hash;
  if (migrations.some((_, at) => !isOurs(at)))
    throw new BackupError(
      'backup-schema',
      `This backup was made by version ${versions.platform}, whose schema this version does not know. Restore it with that version`,
    );
  if (migrations.length < ours.length)
    throw new BackupError(
      'backup-schema',
      `This backup was made by version ${versions.platform}, whose schema is older. Restore it with that version, and upgrade afterwards`,
    );
}
