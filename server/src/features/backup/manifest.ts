import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppliedMigration } from '../../platform/database/index.ts';
import { isSigned, type SigningKey } from '../../platform/keys/index.ts';
import { BackupError } from './errors.ts';
import type { FileCounts } from './files-archive.ts';

/** What is in a set. Readable without any key; it holds counts and no content. */
export interface Manifest {
  readonly format: 2;
  /** The moment whose state the set has, ISO 8601. */
  readonly at: string;
  /** Of the platform, and of PostgreSQL. */
  readonly versions: { readonly platform: string; readonly postgres: string };
  /** The public key of the installation, PEM. */
  readonly installation: string;
  readonly recipients: readonly string[];
  readonly migrations: readonly AppliedMigration[];
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>;
  /** Content of files in conversations: how many are in the set, and how many were not there, or not whole. */
  readonly media: FileCounts;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
}

export const databaseFile = 'database.sealed';
export const filesFile = 'files.sealed';
const manifestFile = 'manifest.json';
const signatureFile = 'manifest.sig';

/** The texts of the two files: the manifest, and the signature of exactly these bytes (Ed25519, base64). */
export function manifestFiles(manifest: Manifest, key: SigningKey): { name: string; text: string }[] {
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const signature = `${key.sign(Buffer.from(text)).toString('base64')}\n`;
  return [
    { name: manifestFile, text },
    { name: signatureFile, text: signature },
  ];
}

/** Reads the manifest of a set, if this installation signed it. */
export async function readManifest(set: string, publicKey: string): Promise<Manifest> {
  const [text, signature] = await Promise.all(
    [manifestFile, signatureFile].map(async (name) => await readFile(join(set, name))),
  ).catch((cause: unknown) => {
    throw new BackupError('backup-missing', `${set} is not a complete backup: it has no manifest`, { cause });
  });
  if (text === undefined || signature === undefined) throw new Error('Two files were read');
  const manifest = parsed(text);
  if (isSignedBy(publicKey, text, signature)) return manifest;
  if (manifest.installation !== publicKey && isSignedBy(manifest.installation, text, signature))
    throw new BackupError(
      'backup-foreign',
      'This backup was made by another installation: its keys are in another keyring, and nothing in it could be read here',
    );
  throw new BackupError(
    'backup-damaged',
    'The backup is damaged: its manifest was changed after it was signed',
  );
}

function isSignedBy(publicKey: string, text: Buffer, signature: Buffer): boolean {
  try {
    return isSigned(publicKey, text, Buffer.from(signature.toString('latin1').trim(), 'base64'));
  } catch {
    // Not even a key.
    return false;
  }
}

function parsed(text: Buffer): Manifest {
  try {
    const manifest = JSON.parse(text.toString('utf8')) as Partial<Manifest>;
    // The rest is believed once the signature holds.
    if (typeof manifest.installation === 'string') return manifest as Manifest;
  } catch {
    // Said below.
  }
  throw new BackupError('backup-damaged', 'The backup is damaged: its manifest cannot be read');
}
