import { createHash, timingSafeEqual } from 'node:crypto';
import type { Fingerprints } from '@samtal/contract/statistics-export';

/** Of a public key as SSH sends it: as OpenSSH writes them, `SHA256:` in base64 without padding and `MD5:` in pairs of digits. */
export function fingerprintsOf(publicKey: Buffer): Fingerprints {
  const sha256 = createHash('sha256').update(publicKey).digest('base64').replace(/=+$/, '');
  const md5 = createHash('md5').update(publicKey).digest('hex');
  return { sha256: `SHA256:${sha256}`, md5: `MD5:${(md5.match(/../g) ?? []).join(':')}` };
}

/** Whether somebody who types or reads out a fingerprint, in either form, means this key. */
export function isFingerprintOf(told: string, publicKey: Buffer): boolean {
  const bare = told.replaceAll(/\s/g, '').replace(/^(sha256|md5):/i, '');
  const digest = digestIn(bare);
  if (digest === null) return false;
  const own = createHash(digest.length === 16 ? 'md5' : 'sha256')
    .update(publicKey)
    .digest();
  return timingSafeEqual(digest, own);
}

function digestIn(bare: string): Buffer | null {
  const digits = bare.replaceAll(/[:-]/g, '');
  if (/^[0-9a-f]{32}$/i.test(digits)) return Buffer.from(digits, 'hex');
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(bare)) return null;
  return Buffer.from(bare, 'base64');
}
