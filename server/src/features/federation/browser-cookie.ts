import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestLifeMs } from './requests.ts';

/**
 * Ties a sign-in to the browser that began it. Answers come as a form from the provider’s page, across sites: only a cookie
 * that says `None` comes along then. It opens nothing by itself.
 */
const name = '__Host-samtal-provider';

export function browserToken(request: FastifyRequest): string {
  const header = request.headers.cookie;
  return header === undefined ? '' : (parseCookie(header)[name] ?? '');
}

export function setBrowserToken(reply: FastifyReply, token: string): void {
  const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'none' } as const;
  void reply.header(
    'set-cookie',
    stringifySetCookie({ name, value: token, ...attributes, maxAge: requestLifeMs / 1000 }),
  );
}
