import { createHmac, timingSafeEqual } from 'node:crypto';

/*
 * The token of a link: account 16 | file 16 | expires u32, seconds since 1970 | HMAC-SHA256 over what stands before.
 * Nobody without the key makes one, or makes one live longer.
 */
const idLength = 16;
const macAt = 2 * idLength + 4;

export interface LinkedFile {
  readonly account: string;
  readonly mediaId: string;
}

export function fileLinkToken(key: Buffer, { account, mediaId }: LinkedFile, expiresAt: Date): string {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000));
  const said = Buffer.concat([bytesOf(account), bytesOf(mediaId), seconds]);
  return Buffer.concat([said, macOf(key, said)]).toString('base64url');
}

/** The file that a token leads to; null when it is not one of ours, was changed, or has expired. */
export function readFileLinkToken(key: Buffer, token: string, now: Date): LinkedFile | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== macAt + 32 || bytes.toString('base64url') !== token) return null;
  const said = bytes.subarray(0, macAt);
  if (!timingSafeEqual(macOf(key, said), bytes.subarray(macAt))) return null;
  if (said.readUInt32BE(2 * idLength) * 1000 <= now.getTime()) return null;
  return { account: idOf(said.subarray(0, idLength)), mediaId: idOf(said.subarray(idLength, 2 * idLength)) };
}

function macOf(key: Buffer, said: Buffer): Buffer {
  return createHmac('sha256', key).update(said).digest();
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function idOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
