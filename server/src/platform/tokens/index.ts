import { createHash, randomBytes } from 'node:crypto';

/** A secret that its bearer shows: 256 random bits, 43 letters of base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. It has so much chance in it that a slow hash would add nothing. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
