import { urlOf, type Endpoint, type InputOf } from '@samtal/contract/endpoint';
import { getSession, signIn, type Session } from '@samtal/contract/signin';
import type { LightMyRequestResponse } from 'fastify';
import { elevateSession } from '../src/features/signin/elevation.ts';
import { Messenger } from '../src/features/factors/index.ts';
import { admitMember, signinGate } from '../src/features/signin/index.ts';
import { signinRoutes } from '../src/features/signin/routes.ts';
import { findSession } from '../src/features/signin/sessions.ts';
import { HttpServer, Refusal } from '../src/platform/http/index.ts';
import { createLog, type Log } from '../src/platform/log/index.ts';
import { Outbound } from '../src/platform/outbound/index.ts';
import type { TestDatabase } from './database.ts';
import type { TestPerson } from './accounts.ts';

export const testPublicUrl = new URL('https://samtal.example.org');

/** What each served by `testHttp` works on. */
const databases = new WeakMap<HttpServer, TestDatabase['database']>();

/** Serves signing in, and whatever else a test registers. Nothing listens: requests are injected. */
export function testHttp(
  { database, keyring }: TestDatabase,
  register: (http: HttpServer) => void = () => {},
  {
    sessionsEnded = () => undefined,
    log = createLog({ level: 'error' }),
  }: { sessionsEnded?: (sessionIds: readonly string[]) => void; log?: Log } = {},
): HttpServer {
  const http = new HttpServer({
    log,
    // The tests’ requests come through one proxy, so that they can come from several networks.
    trustedProxies: ['127.0.0.0/8'],
    tls: null,
    publicUrl: testPublicUrl,
    gate: {
      ...signinGate({ database, publicUrl: testPublicUrl }),
      member: (person, accountId) => database.read(accountId, (tx) => admitMember(tx, person, accountId)),
      once: async (_request, work) => ({ body: await work(), replayed: false }),
      pace: async () => ({ passes: true, limit: 1, remaining: 1, resetS: 1, windowS: 1 }),
      program: () => Promise.reject(new Refusal('api-keys.refused')),
      visitor: () => Promise.reject(new Refusal('visitors.session-ended')),
    },
  });
  databases.set(http, database);
  const publicUrl = testPublicUrl;
  // Servers that tests stand in for are on this machine.
  const outbound = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] });
  const messenger = new Messenger({ database, keyring, outbound, publicUrl, log });
  messengers.set(http, messenger);
  signinRoutes(http, { database, keyring, publicUrl, messenger, sessionsEnded });
  register(http);
  return http;
}

/** Waits for messages that nobody waits for. */
export async function messagesSent(http: HttpServer): Promise<void> {
  await messengers.get(http)?.settle();
}

const messengers = new WeakMap<HttpServer, Messenger>();

export interface Sent {
  readonly input?: { params?: unknown; query?: unknown; body?: unknown };
  /** A body as it goes over the wire, for those that no client of ours would make. */
  readonly payload?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** Where it comes from. */
  readonly address?: string;
}

/** One request for an endpoint, as our own page would make it; headers given replace its own, and '' leaves one out. */
export async function request(
  http: HttpServer,
  endpoint: Endpoint,
  { input = {}, payload, headers = {}, address = '192.0.2.1' }: Sent = {},
): Promise<LightMyRequestResponse> {
  const body = payload ?? (input.body === undefined ? undefined : JSON.stringify(input.body));
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const all = { origin: testPublicUrl.origin, 'x-forwarded-for': address, ...type, ...headers };
  return await http.fastify.inject({
    method: endpoint.method,
    url: urlOf(endpoint, input),
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body === undefined ? {} : { payload: body }),
  });
}

/** A person at work in a browser: with the cookie, and a token of the page. */
export class Browser {
  readonly #http: HttpServer;
  readonly cookie: string;
  csrfToken: string;

  constructor(http: HttpServer, cookie: string, csrfToken: string) {
    this.#http = http;
    this.cookie = cookie;
    this.csrfToken = csrfToken;
  }

  /** Sensitive work can be done at once (C3), unless told otherwise. */
  static async signIn(
    http: HttpServer,
    { email, password }: TestPerson,
    { elevated = true }: { elevated?: boolean } = {},
  ): Promise<Browser> {
    const answer = await request(http, signIn, { input: { body: { email, password } } });
    if (answer.statusCode !== 201) throw new Error(`Signing in was refused: ${answer.body}`);
    const cookie = cookieOf(answer);
    if (elevated) await elevateAtOnce(http, cookie);
    return new Browser(http, cookie, answer.json<Session>().csrfToken);
  }

  async call<const Called extends Endpoint>(
    endpoint: Called,
    input: InputOf<Called>,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return await request(this.#http, endpoint, {
      input,
      headers: { cookie: this.cookie, 'x-csrf-token': this.csrfToken, ...headers },
    });
  }

  async isSignedIn(): Promise<boolean> {
    return (await this.call(getSession, {})).statusCode === 200;
  }
}

/** As if the person had shown anew that it is them, without a second password to hash. */
async function elevateAtOnce(http: HttpServer, cookie: string): Promise<void> {
  await databases.get(http)?.transaction('platform', async (tx) => {
    const session = await findSession(tx, cookie.slice(cookie.indexOf('=') + 1));
    if (session !== null) await elevateSession(tx, session.sessionId, 'password');
  });
}

/** Makes waits that have begun last, so that a slow machine does not sit them out. */
export async function prolongLocks({ asOwner }: TestDatabase): Promise<void> {
  await asOwner(
    "update sign_in_failure set locked_until = now() + interval '1 minute' where locked_until is not null",
  );
}

/** The session cookie that an answer sets, as the browser would send it back. */
export function cookieOf(answer: LightMyRequestResponse): string {
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

/** The code of a refusal. */
export function codeOf(answer: LightMyRequestResponse): string {
  return answer.json<{ code: string }>().code;
}
