import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './errors.ts';

/** Read with the first backup, so that a node starts sooner. */
const age = async () => await import('age-encryption');

/** Wraps the key of a file to every recipient, as an age file (age-encryption.org/v1). */
export async function wrapFileKey(fileKey: Buffer, recipients: readonly string[]): Promise<Buffer> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  try {
    if (recipients.length === 0) throw new Error('Nobody could open it');
    for (const recipient of recipients) encrypter.addRecipient(recipient);
    return Buffer.from(await encrypter.encrypt(fileKey));
  } catch (cause) {
    throw new BackupError(
      'backup-recipients',
      'The backup has no recipients, or one that is no age recipient (age1…)',
      { cause },
    );
  }
}

export async function unwrapFileKey(wrapped: Buffer, identities: readonly string[]): Promise<Buffer> {
  const { Decrypter } = await age();
  try {
    const decrypter = new Decrypter();
    for (const identity of identities) decrypter.addIdentity(identity);
    return Buffer.from(await decrypter.decrypt(wrapped));
  } catch (cause) {
    throw new BackupError(
      'backup-identity',
      'No identity that was given opens this backup: it was made for others, or its beginning was changed',
      { cause },
    );
  }
}

/** The identities in a file as `age-keygen` writes it: one a line, comments with `#`. */
export async function readIdentities(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new BackupError('backup-identity', `The identity file ${path} cannot be read`, { cause });
  });
  const identities = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0 || identities.some((identity) => !identity.startsWith('AGE-SECRET-KEY-1')))
    throw new BackupError('backup-identity', `${path} does not hold age identities (AGE-SECRET-KEY-1…)`);
  return identities;
}

/** The pair that an installation makes when nobody has named a recipient, so that there are backups at all. */
export interface OwnPair {
  readonly recipient: string;
  /** Where the identity is; null once somebody took it away, as it should be. */
  readonly identityFile: string | null;
}

/** The installation's own pair; made when there is none. `made` is called with the path of the identity. */
export async function ownPair(dataDir: string, made: (identityFile: string) => void): Promise<OwnPair> {
  const identityFile = join(dataDir, 'backup-identity.txt');
  const recipientFile = join(dataDir, 'backup-recipient.txt');
  const known = await readIfThere(recipientFile);
  if (known !== null) {
    const isThere = (await readIfThere(identityFile)) !== null;
    return { recipient: known.trim(), identityFile: isThere ? identityFile : null };
  }
  const { generateX25519Identity, identityToRecipient } = await age();
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const text = `# Opens the backups of this installation. Keep it where the server is not, and remove it here.\n# public key: ${recipient}\n${identity}\n`;
  // The recipient last: it says that the identity is whole.
  await writeWhole(identityFile, text);
  await writeWhole(recipientFile, `${recipient}\n`);
  made(identityFile);
  return { recipient, identityFile };
}

async function writeWhole(path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
