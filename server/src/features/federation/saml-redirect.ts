import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { samlLimitBytes } from '@samtal/contract/federation';
import type { Keyring } from '../../platform/keys/index.ts';
import { openOwnKey } from './own-side.ts';
import type { StoredSaml } from './queries.ts';

/*
 * Messages in the address that a browser is sent to (SAML 2.0 bindings, 3.4): deflated, with the signature over the letters of
 * the query as they stand.
 */

const ourAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const hashes: Readonly<Record<string, string>> = {
  [ourAlgorithm]: 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512': 'sha512',
};
const deflate = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';
const known = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'] as const;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse';

/** An XML id begins with a letter or a low line. */
export function newMessageId(): string {
  return `_${randomBytes(20).toString('hex')}`;
}

/** Where the browser goes with a message of ours, which our key signs. */
export async function signedAddress(
  { keyring }: { keyring: Keyring },
  { accountId, id, ownKey }: Pick<StoredSaml, 'accountId' | 'id' | 'ownKey'>,
  { to, as, xml, relay }: { to: string; as: MessageParameter; xml: string; relay: string },
): Promise<string> {
  const key = await openOwnKey(keyring, { account: accountId, id }, ownKey);
  const query = [
    [as, deflateRawSync(Buffer.from(xml)).toString('base64')],
    ...(relay === '' ? [] : [['RelayState', relay]]),
    ['SigAlg', ourAlgorithm],
  ]
    .map(([name = '', value = '']) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  const signature = sign('sha256', Buffer.from(query), createPrivateKey(key)).toString('base64');
  const separator = to.includes('?') ? '&' : '?';
  return `${to}${separator}${query}&Signature=${encodeURIComponent(signature)}`;
}

/** A message that one of the certificates signed, and what stands beside it. */
export interface SignedQuery {
  readonly as: MessageParameter;
  readonly xml: Buffer;
  readonly relay: string;
}

/**
 * The message in a query, or null where none of the certificates signed it. Nothing is unpacked before that. A parameter that
 * stands there twice, or is written otherwise than by its plain name, is none that two readers would take for the same.
 */
export function readSignedQuery(query: string, certificates: readonly string[]): SignedQuery | null {
  const raw = parametersOf(query);
  if (raw === null || raw.has('SAMLRequest') === raw.has('SAMLResponse')) return null;
  const as = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  const value = (name: (typeof known)[number]) => decoded(raw.get(name) ?? '');
  const [message, signature] = [value(as), value('Signature')];
  const hash = hashes[value('SigAlg')];
  if (!base64.test(message) || !base64.test(signature) || hash === undefined) return null;
  if (raw.has('SAMLEncoding') && value('SAMLEncoding') !== deflate) return null;
  const signed = ([as, 'RelayState', 'SigAlg'] as const)
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name) ?? ''}`)
    .join('&');
  const isSigned = certificates.some((pem) =>
    verify(hash, Buffer.from(signed), createPublicKey(pem), Buffer.from(signature, 'base64')),
  );
  const xml = isSigned ? inflated(Buffer.from(message, 'base64')) : null;
  return xml === null ? null : { as, xml, relay: value('RelayState') };
}

function parametersOf(query: string): ReadonlyMap<(typeof known)[number], string> | null {
  const found = new Map<(typeof known)[number], string>();
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    const name = known.find((each) => each === pair.slice(0, Math.max(at, 0)));
    if (name === undefined) continue;
    if (found.has(name)) return null;
    found.set(name, pair.slice(at + 1));
  }
  return found;
}

/** '' where it cannot be read. */
function decoded(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll('+', '%20'));
  } catch {
    return '';
  }
}

function inflated(bytes: Buffer): Buffer | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: samlLimitBytes });
  } catch {
    return null;
  }
}

/** Fit to stand in an element or a value. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
