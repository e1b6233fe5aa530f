import { createHash, randomBytes } from 'node:crypto';
import { CiphertextError, sealStream, unsealStream, type Place } from '../../platform/keys/index.ts';
import { BackupError } from './errors.ts';
import { unwrapFileKey, wrapFileKey } from './recipients.ts';

/*
 * A sealed file:
 *
 *   "samtal-backup/2\n" | u32 length | header (JSON) | sealed content
 *
 * The header holds a file key wrapped to the recipients (age, X25519). Under that key the content is sealed as every long
 * content is (STREAM: platform/keys/stream-cipher.ts), for a place that names the hash of all that stands before it. So
 * nothing can be changed, left out, repeated, put elsewhere, taken from another file or cut off.
 */
const magic = Buffer.from('samtal-backup/2\n');
const longestHeader = 1024 * 1024;

export type SealedKind = 'database' | 'files' | 'keyring';
const kinds: readonly SealedKind[] = ['database', 'files', 'keyring'];

interface Header {
  readonly kind: SealedKind;
  /** An age file, base64. */
  readonly key: string;
}

/** Seals what the source gives to whoever has the identity of one of the recipients (`age1…`). */
export async function* sealFile(
  source: AsyncIterable<Buffer>,
  { kind, recipients }: { kind: SealedKind; recipients: readonly string[] },
): AsyncGenerator<Buffer> {
  const fileKey = randomBytes(32);
  const header: Header = { kind, key: (await wrapFileKey(fileKey, recipients)).toString('base64') };
  const json = Buffer.from(JSON.stringify(header));
  const beginning = Buffer.concat([magic, u32(json.length), json]);
  yield beginning;
  yield* sealStream(fileKey, placeBehind(beginning, kind), source);
}

/**
 * Opens a sealed file: gives its plain bytes as they come, and throws BackupError for whatever is wrong with it. Whoever
 * must not act on a damaged file reads it to the end first, since damage may be anywhere.
 */
export async function* openFile(
  source: AsyncIterable<Buffer>,
  { kind, identities }: { kind: SealedKind; identities: readonly string[] },
): AsyncGenerator<Buffer> {
  const { beginning, rest } = await cutOffBeginning(source);
  const header = headerIn(beginning);
  if (header.kind !== kind) throw new BackupError('backup-damaged', `This is not a backup of the ${kind}`);
  const fileKey = await unwrapFileKey(Buffer.from(header.key, 'base64'), identities);
  try {
    yield* unsealStream(fileKey, placeBehind(beginning, kind), rest);
  } catch (error) {
    if (error instanceof CiphertextError) throw damaged('was changed or cut off', error);
    throw error;
  }
}

function placeBehind(beginning: Buffer, kind: SealedKind): Place {
  const hash = createHash('sha256').update(beginning).digest('hex');
  return { account: '', object: 'backup', record: hash, field: kind };
}

/** What stands before the sealed content, and what comes behind that. */
async function cutOffBeginning(
  source: AsyncIterable<Buffer>,
): Promise<{ beginning: Buffer; rest: AsyncIterable<Buffer> }> {
  const pieces = source[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  const atLeast = async (length: number) => {
    while (bytes.length < length) {
      const next = await pieces.next();
      if (next.done === true) throw damaged('is cut off, is no backup, or its beginning was changed');
      bytes = Buffer.concat([bytes, next.value]);
    }
  };
  const fixed = magic.length + 4;
  await atLeast(fixed);
  if (!bytes.subarray(0, magic.length).equals(magic))
    throw damaged('is no backup of this version, or its beginning was changed');
  const length = bytes.readUInt32BE(magic.length);
  if (length > longestHeader) throw damaged('has a beginning that was changed');
  await atLeast(fixed + length);
  async function* rest() {
    yield bytes.subarray(fixed + length);
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) yield next.value;
  }
  return { beginning: Buffer.from(bytes.subarray(0, fixed + length)), rest: rest() };
}

function headerIn(beginning: Buffer): Header {
  try {
    const { key, kind } = JSON.parse(beginning.toString('utf8', magic.length + 4)) as Partial<Header>;
    if (typeof key === 'string' && kind !== undefined && kinds.includes(kind)) return { kind, key };
  } catch {
    // Not JSON: said below.
  }
  throw damaged('has a beginning that was changed');
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function damaged(how: string, cause?: unknown): BackupError {
  return new BackupError('backup-damaged', `The backup is damaged: the file ${how}`, { cause });
}
