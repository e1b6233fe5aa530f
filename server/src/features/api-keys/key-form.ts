import { crc32 } from 'node:zlib';

/*
 * samtal_<id>_<secret>_<checksum>      id: the key's UUID without hyphens; secret: 43 letters of base64url
 * samtal_token_<secret>_<checksum>     an access token
 *
 * The fixed beginning lets scanners of source code and logs find what should not be there, and the checksum lets them, and
 * us, tell it from an accident without asking anybody.
 */

const keyForm = /^samtal_([0-9a-f]{32})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})$/;
const tokenForm = /^samtal_token_([A-Za-z0-9_-]{43})_([0-9a-f]{8})$/;

export type Credential =
  | { readonly kind: 'key'; readonly keyId: string; readonly secret: string }
  | { readonly kind: 'token'; readonly secret: string };

export function writeKey(keyId: string, secret: string): string {
  return withChecksum(`samtal_${keyId.replaceAll('-', '')}_${secret}`);
}

export function writeToken(secret: string): string {
  return withChecksum(`samtal_token_${secret}`);
}

/** What a text is that somebody showed: a key, a token, or null for neither. */
export function readCredential(text: string): Credential | null {
  if (withChecksum(text.slice(0, -9)) !== text) return null;
  const [, id, secretOfKey] = keyForm.exec(text) ?? [];
  if (id !== undefined && secretOfKey !== undefined)
    return { kind: 'key', keyId: withHyphens(id), secret: secretOfKey };
  const [, secret] = tokenForm.exec(text) ?? [];
  return secret === undefined ? null : { kind: 'token', secret };
}

function withChecksum(text: string): string {
  return `${text}_${crc32(text).toString(16).padStart(8, '0')}`;
}

function withHyphens(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
