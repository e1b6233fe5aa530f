import { createHash, createPublicKey } from 'node:crypto';
import { ticketLimits, ticketType, type TicketAlgorithm } from '@samtal/contract/tickets';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { Refusal } from '../../platform/http/index.ts';
import type { StoredTicketKey } from './queries.ts';

/** What a ticket is held against. */
export interface TicketDemands {
  readonly keys: readonly StoredTicketKey[];
  readonly siteKey: string;
  readonly lifeSeconds: number;
  /** Of the page that brings it. */
  readonly origin: string | null;
  readonly verifier: string | undefined;
}

/** What a ticket says, every claim of it signed. */
export interface VerifiedTicket {
  /** The key that signed it; null where it was issued here. */
  readonly keyId: string | null;
  readonly jti: string;
  /** Who it is, as the organisation’s own server calls them. */
  readonly subject: string;
  readonly expiresAt: Date;
  readonly claims: JWTPayload;
}

/** By header algorithm (RFC 8037; RFC 9864 calls the second one Ed25519). */
const takenAs: Readonly<Record<TicketAlgorithm, string[]>> = {
  ES256: ['ES256'],
  EdDSA: ['EdDSA', 'Ed25519'],
};

/**
 * Judges a ticket (RFC 7519, by the advice of RFC 8725): signed by a key of this site, by that key’s algorithm whatever the
 * header says, for this site, now, for no longer than the account lets tickets live. Keys that a header brings along are
 * refused. Whether it was redeemed before is another question. Refuses with tickets.refused, and says why.
 */
export async function verifyTicket(ticket: string, demands: TicketDemands): Promise<VerifiedTicket> {
  const key = keyOf(ticket, demands.keys);
  return judgeClaims(await readSigned(ticket, key, demands.siteKey), key.id, demands);
}

/** Judges what a genuine ticket says; when it ends has been judged. Refuses with tickets.refused. */
export function judgeClaims(
  payload: JWTPayload,
  keyId: string | null,
  demands: Omit<TicketDemands, 'keys'>,
): VerifiedTicket {
  const { sub, jti, iat, exp } = payload;
  if (typeof sub !== 'string' || !/^[^\p{Cc}]{1,200}$/u.test(sub))
    refuse('sub has to be a text of 1 to 200 characters');
  if (typeof jti !== 'string' || !/^[!-~]{8,200}$/.test(jti))
    refuse('jti has to be 8 to 200 letters, digits and signs');
  if (iat === undefined || exp === undefined) refuse('iat and exp have to be there');
  if (payload.aud !== demands.siteKey) refuse('aud has to be the key of this site, and nothing else');
  const now = Date.now() / 1_000;
  if (iat > now + ticketLimits.skewSeconds) refuse('iat is in the future');
  if (exp - iat > demands.lifeSeconds) refuse(`exp is more than ${demands.lifeSeconds} seconds after iat`);
  if (payload['origin'] !== undefined && payload['origin'] !== demands.origin)
    refuse('origin is not that of the page');
  if (payload['nonce'] !== undefined && payload['nonce'] !== challengeOf(demands.verifier))
    refuse('nonce is not that of this page');
  const expiresAt = new Date((exp + ticketLimits.skewSeconds) * 1_000);
  return { keyId, jti, subject: sub, expiresAt, claims: payload };
}

function keyOf(ticket: string, keys: readonly StoredTicketKey[]): StoredTicketKey {
  const header = readHeader(ticket);
  if (header.typ !== ticketType) refuse(`typ has to be ${ticketType}`);
  for (const brought of ['jku', 'jwk', 'x5u', 'x5c'] as const)
    if (header[brought] !== undefined) refuse(`${brought} has to be left out`);
  const key = keys.find(({ kid }) => kid === header.kid);
  if (key === undefined) refuse('kid names no key of this site');
  if (key.endsAt !== null && key.endsAt <= new Date()) refuse('the key has ended');
  if (!takenAs[key.algorithm].includes(header.alg ?? ''))
    refuse(`alg has to be ${key.algorithm} for this key`);
  return key;
}

function readHeader(ticket: string) {
  try {
    return decodeProtectedHeader(ticket);
  } catch {
    return refuse('it is no signed JWT in the compact form');
  }
}

async function readSigned(ticket: string, key: StoredTicketKey, siteKey: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(ticket, createPublicKey({ key: key.jwk, format: 'jwk' }), {
      algorithms: takenAs[key.algorithm],
      audience: siteKey,
      typ: ticketType,
      clockTolerance: ticketLimits.skewSeconds,
      requiredClaims: ['sub', 'jti', 'iat', 'exp'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return refuse('it has expired');
    if (error instanceof errors.JWTClaimValidationFailed)
      return refuse(`${error.claim} is missing, or not what it has to be`);
    if (error instanceof errors.JWSSignatureVerificationFailed) return refuse('the signature is wrong');
    if (error instanceof errors.JOSEError) return refuse('it is no signed JWT in the compact form');
    throw error;
  }
}

/** What a ticket for this verifier has as its `nonce`, as in RFC 7636 (S256). */
function challengeOf(verifier: string | undefined): string | null {
  return verifier === undefined ? null : createHash('sha256').update(verifier).digest('base64url');
}

export function refuse(problem: string): never {
  throw new Refusal('tickets.refused', { fields: [{ pointer: '/body/ticket', problem }] });
}
