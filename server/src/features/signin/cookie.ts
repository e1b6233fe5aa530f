import { embeddedHeader } from '@samtal/contract/signin';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId } from './embedding.ts';

/** The `__Host-` prefix makes browsers insist on Secure, on no Domain, and on the whole path (RFC 6265bis, 4.1.3). */
const sessionName = '__Host-samtal';
const attemptName = '__Host-samtal-attempt';
/** Of a session that has ended, for the way to its identity provider. */
const signedOutName = '__Host-samtal-signed-out';
const browserName = '__Host-samtal-browser';
/** As long as browsers keep any (RFC 6265bis, 5.5); the server decides for how long a browser is known. */
const browserCookieS = 400 * 24 * 60 * 60;
const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;

/**
 * In a frame of another site (C10) cookies have names of their own, so that no session is taken where it was not begun. They
 * are partitioned (CHIPS): the browser keeps them for this site in a page of that one, and sends them nowhere else.
 */
const inFrames = { suffix: '-embedded', sameSite: 'none', partitioned: true } as const;

/** The account in whose frame the console says to be; null where it is in no frame. Our own pages alone can send the header. */
export function embeddedIn(request: FastifyRequest): string | null {
  const said = request.headers[embeddedHeader];
  return typeof said === 'string' && isId(said) ? said : null;
}

export function sessionToken(request: FastifyRequest): string | null {
  return valueOf(request, sessionName);
}

/** Of an attempt to sign in: no session, and good for none. */
export function attemptToken(request: FastifyRequest): string | null {
  return valueOf(request, attemptName);
}

/** Lasts as long as the browser runs; the server decides when the session ends. */
export function setSessionCookie(reply: FastifyReply, token: string): void {
  set(reply, sessionName, token);
}

export function clearSessionCookie(reply: FastifyReply): void {
  set(reply, sessionName, null);
}

export function setAttemptCookie(reply: FastifyReply, token: string): void {
  set(reply, attemptName, token);
}

export function clearAttemptCookie(reply: FastifyReply): void {
  set(reply, attemptName, null);
}

export function signedOutToken(request: FastifyRequest): string | null {
  return valueOf(request, signedOutName);
}

/** Null takes it away. */
export function setSignedOutCookie(reply: FastifyReply, token: string | null): void {
  set(reply, signedOutName, token);
}

/** By which a browser is known again, whoever signs in with it. It opens nothing. */
export function browserToken(request: FastifyRequest): string | null {
  return valueOf(request, browserName);
}

export function setBrowserCookie(reply: FastifyReply, token: string): void {
  void reply.header(
    'set-cookie',
    stringifySetCookie({ value: token, maxAge: browserCookieS, ...cookieFor(reply.request, browserName) }),
  );
}

function valueOf(request: FastifyRequest, name: string): string | null {
  const header = request.headers.cookie;
  return header === undefined ? null : (parseCookie(header)[cookieFor(request, name).name] ?? null);
}

/** An answer may set several: Fastify adds each to those before. */
function set(reply: FastifyReply, name: string, token: string | null): void {
  const value = token === null ? { value: '', maxAge: 0 } : { value: token };
  void reply.header('set-cookie', stringifySetCookie({ ...value, ...cookieFor(reply.request, name) }));
}

function cookieFor(request: FastifyRequest, name: string) {
  if (embeddedIn(request) === null) return { ...attributes, name };
  const { suffix, ...framed } = inFrames;
  return { ...attributes, ...framed, name: `${name}${suffix}` };
}
