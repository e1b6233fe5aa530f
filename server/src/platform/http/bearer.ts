import type { Endpoint } from '@samtal/contract/endpoint';
import type { FastifyRequest } from 'fastify';
import type { Refusal } from './refusal.ts';

/** The credential of the scheme Bearer (RFC 6750, 2.1), or null. Other schemes are a proxy’s business, and count for nothing. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Whether programs with a key may call the endpoint, as far as it goes by its kind (C8). */
export function takesKeys({ access, notForKeys }: Endpoint): boolean {
  return notForKeys !== true && (access === 'member' || typeof access === 'object');
}

/** `WWW-Authenticate` (RFC 6750, 3) where a refusal is about what the caller has shown; null where it is not. */
export function challengeOf(
  { code, status }: Refusal,
  { access }: Endpoint,
  bearer: string | null,
): string | null {
  const realm = 'Bearer realm="samtal"';
  if (code === 'request.two-credentials') return `${realm}, error="invalid_request"`;
  if (status === 401) return bearer === null ? realm : `${realm}, error="invalid_token"`;
  if (bearer === null || code !== 'access.forbidden') return null;
  const scope = typeof access === 'object' ? `, scope="${access.holding}"` : '';
  return `${realm}, error="insufficient_scope"${scope}`;
}
