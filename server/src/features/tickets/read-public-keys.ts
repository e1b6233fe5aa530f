import { createPublicKey, type KeyObject } from 'node:crypto';
import type { TicketAlgorithm } from '@samtal/contract/tickets';
import { calculateJwkThumbprint } from 'jose';
import { Refusal } from '../../platform/http/index.ts';

export interface PublicTicketKey {
  readonly kid: string;
  readonly algorithm: TicketAlgorithm;
  /** What makes the key, and nothing else that was said of it. */
  readonly jwk: Record<string, string>;
}

/**
 * The keys in what a person has pasted: a PEM block (RFC 7468), a JWK or a JWK set (RFC 7517). Of a set those that fit: others
 * may be there for something else. Refuses with tickets.key-private and tickets.key-unfit.
 */
export async function readPublicKeys(pasted: string): Promise<PublicTicketKey[]> {
  const text = pasted.trim();
  if (text.includes('PRIVATE KEY')) throw new Refusal('tickets.key-private');
  if (text.startsWith('-----BEGIN PUBLIC KEY-----')) {
    const key = await keyOf(
      attempt(() => createPublicKey(text)),
      {},
    );
    if (key === null) throw new Refusal('tickets.key-unfit');
    return [key];
  }
  const said = attempt(() => JSON.parse(text) as unknown);
  const list = isObject(said) ? (Array.isArray(said['keys']) ? (said['keys'] as unknown[]) : [said]) : [];
  const jwks = list.filter(isObject);
  if (jwks.some((jwk) => 'd' in jwk || 'k' in jwk)) throw new Refusal('tickets.key-private');
  const keys: PublicTicketKey[] = [];
  for (const jwk of jwks) {
    if (jwk['use'] !== undefined && jwk['use'] !== 'sig') continue;
    const made = attempt(() => createPublicKey({ key: jwk as Record<string, string>, format: 'jwk' }));
    const key = await keyOf(made, jwk);
    if (key !== null) keys.push(key);
  }
  if (keys.length === 0) throw new Refusal('tickets.key-unfit');
  return keys;
}

async function keyOf(
  key: KeyObject | null,
  { kid, alg }: Readonly<Record<string, unknown>>,
): Promise<PublicTicketKey | null> {
  const algorithm = algorithmOf(key);
  if (key === null || algorithm === null) return null;
  const suits = alg === undefined || alg === algorithm || (algorithm === 'EdDSA' && alg === 'Ed25519');
  if (!suits) return null;
  const jwk = key.export({ format: 'jwk' }) as Record<string, string>;
  const name =
    typeof kid === 'string' && /^[!-~]{1,200}$/.test(kid) ? kid : await calculateJwkThumbprint(jwk);
  return { kid: name, algorithm, jwk };
}

function algorithmOf(key: KeyObject | null): TicketAlgorithm | null {
  if (key?.asymmetricKeyType === 'ed25519') return 'EdDSA';
  const isP256 = key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isP256 ? 'ES256' : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Null for what cannot be read: whoever pastes something is told that it is unfit, not where the reading stopped. */
function attempt<Made>(make: () => Made): Made | null {
  try {
    return make();
  } catch {
    return null;
  }
}
