import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { Keyring, KeyringError, type CopiedRecord, type KeyStore } from '../../platform/keys/index.ts';
import { BackupError } from './errors.ts';
import { openFile, sealFile } from './sealed-file.ts';
import { keyringBackupPath, listKeyringBackups, publish, removeUnfinished } from './sets.ts';
import { writeFileDurably } from './write-file.ts';

/**
 * How long backups of the keyring are kept. They are for the loss of the keyring alone, for which the newest is wanted; and a
 * destroyed key is destroyed only when the last of them that has it is gone (G9).
 */
export const keyringBackupDays = 3;

/** Says which keyring the newest backup has, so that one that has not changed is not written again. */
const fingerprintFile = 'fingerprint.txt';

/**
 * Backs up the keyring, apart from the database: encrypted to the recipients, a file of its own. Answers with its path, or
 * with null when the newest one has every key already.
 */
export async function backUpKeyring({
  keyring,
  directory,
  recipients,
}: {
  keyring: Keyring;
  directory: string;
  recipients: readonly string[];
}): Promise<string | null> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fingerprint = `${await keyring.fingerprint()} ${recipients.join(' ')}`;
  const known = await readFile(join(directory, fingerprintFile), 'utf8').catch(() => null);
  if (known === fingerprint && (await listKeyringBackups(directory)).length > 0) return null;
  await removeUnfinished(directory);
  const path = keyringBackupPath(directory, new Date());
  const part = `${path}.part`;
  await pipeline(
    Readable.from(lines(keyring), { objectMode: false }),
    createZstdCompress(),
    (compressed) => sealFile(compressed as AsyncIterable<Buffer>, { kind: 'keyring', recipients }),
    async (sealed) => void (await writeFileDurably(part, sealed)),
  );
  await publish(part, path);
  await rm(join(directory, fingerprintFile), { force: true });
  await writeFileDurably(join(directory, fingerprintFile), Readable.from([Buffer.from(fingerprint)]));
  return path;
}

/** Makes the lost keyring anew from its backup. Checks all of it first; refuses where there is a keyring. */
export async function restoreKeyring(
  file: string,
  { identities, directory, store }: { identities: readonly string[]; directory: string; store?: KeyStore },
): Promise<Keyring> {
  const records: CopiedRecord[] = [];
  await pipeline(
    createReadStream(file),
    (sealed) => openFile(sealed as AsyncIterable<Buffer>, { kind: 'keyring', identities }),
    createZstdDecompress(),
    async (plain) => {
      let rest = '';
      for await (const chunk of (plain as Readable).setEncoding('utf8') as AsyncIterable<string>) {
        const complete = (rest + chunk).split('\n');
        rest = complete.pop() ?? '';
        for (const line of complete) records.push(JSON.parse(line) as CopiedRecord);
      }
    },
  );
  try {
    return await Keyring.restore(records, directory, store);
  } catch (cause) {
    if (cause instanceof KeyringError) throw new BackupError('backup-keyring', cause.message, { cause });
    throw cause;
  }
}

async function* lines(keyring: Keyring): AsyncGenerator<Buffer> {
  for await (const record of keyring.copy()) yield Buffer.from(`${JSON.stringify(record)}\n`);
}
