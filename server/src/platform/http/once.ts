import type { Endpoint } from '@samtal/contract/endpoint';
import type { FastifyRequest } from 'fastify';
import type { Member, OnceRequest } from './callers.ts';
import { Refusal } from './refusal.ts';

const header = 'idempotency-key';

/**
 * The request, if it carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) and means something: a POST of an
 * account. Long enough to be chosen at random; as a string of RFC 8941 or bare. Refused where it would promise what is not kept.
 */
export function onceRequestOf(
  endpoint: Endpoint,
  request: FastifyRequest,
  { caller, body }: { caller: unknown; body: unknown },
): OnceRequest | null {
  const given = request.headers[header];
  if (given === undefined || !isPostOfAccount(endpoint)) return null;
  if (!takesIdempotencyKey(endpoint)) throw refused('is not taken here: files are sent and got as they are');
  const key = typeof given === 'string' ? (/^"([^"\\]*)"$/.exec(given)?.[1] ?? given) : '';
  if (!/^[\x21\x23-\x7e]{16,255}$/.test(key))
    throw refused('must be 16 to 255 visible letters of ASCII, chosen at random');
  // Admission has made a member of whoever calls an endpoint of an account.
  const { accountId, userId } = caller as Member;
  const text = JSON.stringify([endpoint.id, request.url, body ?? null]);
  return { accountId, callerId: userId, key, request: text, keepsAnswer: endpoint.answersOnce !== true };
}

/** Whether a key means something at the endpoint. Files are neither taken nor given twice. */
export function takesIdempotencyKey(endpoint: Endpoint): boolean {
  return isPostOfAccount(endpoint) && endpoint.takesFile !== true && endpoint.media === undefined;
}

function isPostOfAccount({ method, access }: Endpoint): boolean {
  return method === 'POST' && (access === 'member' || typeof access === 'object');
}

function refused(problem: string): Refusal {
  return new Refusal('request.invalid', { fields: [{ pointer: `/header/${header}`, problem }] });
}
