import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The `__Host-` prefix makes browsers insist on Secure, on no Domain, and on the whole path (RFC 6265bis, 4.1.3). */
const name = '__Host-samtal';
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

export function sessionToken(request: FastifyRequest): string | null {
  const header = request.headers.cookie;
  return header === undefined ? null : (parseCookie(header)[name] ?? null);
}

/** Lasts as long as the browser runs; the server decides when the session ends. */
export function setSessionCookie(reply: FastifyReply, token: string): void {
  void reply.header('set-cookie', stringifySetCookie({ name, value: token, ...attributes }));
}

export function clearSessionCookie(reply: FastifyReply): void {
  void reply.header('set-cookie', stringifySetCookie({ name, value: '', ...attributes, maxAge: 0 }));
}
