import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { framedAuthorisations, type Authorisation } from '@samtal/contract/access';
import type { Endpoint, Access, BodyOf, ParamsOf, QueryOf, ResponseOf } from '@samtal/contract/endpoint';
import proxyAddr from '@fastify/proxy-addr';
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify';
import { elevatedBy } from '../audit/index.ts';
import type { Log } from '../log/index.ts';
import { takeBodies } from './bodies.ts';
import { bearerOf, challengeOf, takesKeys } from './bearer.ts';
import type { Anyone, CallerOf, Gate, Member, SignedIn } from './callers.ts';
import { sendDownload, type Download } from './download.ts';
import { answered, fileBodyOf, type FileBody } from './file-body.ts';
import { secureHeaders } from './headers.ts';
import { sendOAuthProblem } from './oauth-problem.ts';
import { onceRequestOf } from './once.ts';
import { keepPace } from './pace.ts';
import { problemOf, Refusal } from './refusal.ts';
import { sendScimProblem } from './scim-problem.ts';
import { endpointOf, isOAuth, isScim, takesFile } from './served-endpoint.ts';
import { compileExact, compileText, validated, type Validator } from './validation.ts';

/** The most that a JSON body may weigh. Files are streamed, and weighed by whoever takes them. */
const bodyLimit = 64 * 1024;
/** A request has to have arrived in this time. */
const requestMs = 30_000;
/** A file takes longer: 20 MB over 0.3 Mbit/s. */
const fileRequestMs = 10 * 60_000;

/** One call of an endpoint, validated and admitted. */
export interface Call<Served extends Endpoint> {
  readonly caller: CallerOf<Served>;
  readonly params: ParamsOf<Served>;
  readonly query: QueryOf<Served>;
  readonly body: BodyOf<Served>;
  readonly file: Served extends { takesFile: true } ? FileBody : null;
  /** For the few endpoints that set a cookie or a header of their own. */
  readonly reply: FastifyReply;
  readonly request: FastifyRequest;
}

export type AnswerOf<Served extends Endpoint> = Served['media'] extends readonly string[]
  ? Download
  : ResponseOf<Served>;

export type Handler<Served extends Endpoint> = (call: Call<Served>) => Promise<AnswerOf<Served>>;

export interface HttpOptions {
  readonly log: Log;
  /** Addresses and networks of proxies whose forwarding headers count. Nobody else’s do. */
  readonly trustedProxies: readonly string[];
  readonly tls: { cert: string | Buffer; key: string | Buffer } | null;
  /** The address the platform is reached at from outside. */
  readonly publicUrl: URL;
  readonly gate: Gate;
}

/** The HTTP side of the platform: routes come from endpoint constants, and every refusal leaves as problem details. */
export class HttpServer {
  readonly fastify: FastifyInstance;
  readonly #gate: Gate;
  readonly #served = new Set<string>();

  constructor({ log, trustedProxies, tls, publicUrl, gate }: HttpOptions) {
    this.#gate = gate;
    this.fastify = Fastify({
      bodyLimit,
      genReqId: () => randomUUID(),
      trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
      routerOptions: { ignoreTrailingSlash: false, caseSensitive: true, maxParamLength: 200 },
      requestTimeout: fileRequestMs,
      keepAliveTimeout: 65_000,
      forceCloseConnections: 'idle',
      clientErrorHandler: refuseBrokenRequest,
      frameworkErrors: (error, request, reply) => void sendProblem(reply, refusalOf(error), request.id),
      logger: false,
      ...(tls === null ? {} : { https: tls }),
    });
    takeBodies(this.fastify);
    this.#refuseSlowBodies();
    secureHeaders(this.fastify, publicUrl);
    this.#refuseReadably(log);
    this.fastify.addHook('onResponse', async (request, reply) => {
      log.info('request', {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? '(none)',
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
      });
    });
  }

  /**
   * Takes no more requests, and ends when those under way are answered, after `graceMs` at the latest. Browsers open
   * connections ahead of need: such a one is not idle, since it never had a request, and would be waited for.
   */
  async close(graceMs: number): Promise<void> {
    const cut = setTimeout(() => this.fastify.server.closeAllConnections(), graceMs);
    try {
      await this.fastify.close();
    } finally {
      clearTimeout(cut);
    }
  }

  /** The endpoints that have a handler, to compare with the contract’s list. */
  get served(): ReadonlySet<string> {
    return this.#served;
  }

  /** Answers an endpoint. Admission, validation of what comes in and of what goes out are done here, for all alike. */
  serve<const Served extends Endpoint>(endpoint: Served, handler: Handler<Served>): void {
    if (this.#served.has(endpoint.id)) throw new Error(`The endpoint ${endpoint.id} has two handlers`);
    this.#served.add(endpoint.id);
    const check = {
      params: endpoint.params === undefined ? null : compileText(endpoint.params),
      query: endpoint.query === undefined ? null : compileText(endpoint.query),
      body: endpoint.body === undefined ? null : compileExact(endpoint.body),
      response: endpoint.response === undefined ? null : compileExact(endpoint.response),
    };
    const route: RouteOptions = {
      method: endpoint.method,
      url: `/api/v1${endpoint.path.replace(/\{(\w+)\}/g, ':$1')}`,
      config: { endpoint },
      handler: async (request, reply) => {
        const caller = await this.#admit(endpoint, { request, reply }, check.params);
        const file = endpoint.takesFile === true ? fileBodyOf(request) : null;
        const call = {
          caller,
          params: request.params,
          query: validatedQuery(check.query, request.query),
          body: validatedBody(endpoint, check.body, request.body),
          file,
          reply,
          request,
        } as unknown as Call<Served>;
        const work = async (): Promise<unknown> => {
          const answer: unknown =
            file === null ? await handler(call) : await answered(handler(call), file, request);
          if (endpoint.media === undefined) refuseUnfit(check.response, answer, endpoint);
          return answer;
        };
        return await this.#elevated(endpoint, call, async () => {
          const answer = await this.#once(endpoint, call, work);
          if (endpoint.media !== undefined) return await sendDownload(reply, endpoint, answer as Download);
          if (endpoint.scim === true && answer !== undefined)
            void reply.header('content-type', 'application/scim+json');
          return reply.status(endpoint.status).header('cache-control', 'no-store').send(answer);
        });
      },
    };
    this.fastify.route(route);
  }

  /** Deny by default: who is calling, then whether the account is theirs, then whether they may. */
  async #admit(
    endpoint: Endpoint,
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    params: Validator | null,
  ): Promise<unknown> {
    const { access } = endpoint;
    const path = request.params as { accountId?: string; siteKey?: string };
    if (access === 'anyone' || access === 'visitor') {
      if (params !== null) validated(params, path, 'path');
      if (access === 'anyone') return anyone(request);
      const { minutesAfterSession = 0 } = endpoint;
      return await this.#gate.visitor(request, path.siteKey ?? '', minutesAfterSession);
    }
    const bearer = bearerOf(request);
    if (bearer !== null) return await this.#admitProgram(endpoint, { request, reply }, { bearer, params });
    const person = await this.#gate.signedIn(request);
    keepPace(reply, await this.#gate.pace(person));
    if (endpoint.method !== 'GET') await this.#gate.checkForgery(request, person);
    if (params !== null) validated(params, path, 'path');
    if (access === 'signed-in') {
      // What is a person’s own is none of an operator’s, who is nobody’s user.
      if (person.isOperator === true && endpoint.forOperators !== true)
        throw new Refusal('operator-access.not-for-operators');
      return person;
    }
    const member = await this.#gate.member(person, path.accountId ?? '');
    if (member === null) throw new Refusal('not-found');
    if (!allows(access, member)) throw new Refusal('access.forbidden');
    // Somebody else's page is around it: agents work there, and nobody administers.
    if (person.isEmbedded === true && !isDoneInFrames(access)) throw new Refusal('signin.embedded');
    return member;
  }

  /**
   * Sensitive work is done in an elevated session alone, and what it leaves on the audit trail says so (C3). A key is no session
   * and cannot prove anything anew: what it holds it may do, and its maker was told so, in an elevated session (C8).
   */
  async #elevated<Answered>(
    { sensitive }: Endpoint,
    { caller, body }: { caller: unknown; body: unknown },
    work: () => Promise<Answered>,
  ): Promise<Answered> {
    const isNot = sensitive === undefined || (typeof sensitive === 'function' && !sensitive(body));
    if (isNot || isProgram(caller)) return await work();
    const needed = sensitive === 'own-sign-in' ? sensitive : 'sensitive';
    const person = caller as SignedIn;
    // Somebody else's page is around it: what is clicked there need not be what is seen.
    if (person.isEmbedded === true) throw new Refusal('signin.embedded');
    if (person.isOperator === true) throw new Refusal('operator-access.not-for-operators');
    // What a person signs in with reaches every account of theirs; this one’s provider vouches for one.
    if (needed === 'own-sign-in' && (person.onlyAccountId ?? null) !== null)
      throw new Refusal('signin.not-own');
    const shown = await this.#gate.elevation(person, needed);
    if (shown === null) throw new Refusal('signin.elevation-required');
    return await elevatedBy(shown, work);
  }

  /** What carries an Idempotency-Key is done once, and answered the same again (C8). */
  async #once(
    endpoint: Endpoint,
    {
      caller,
      body,
      request,
      reply,
    }: { caller: unknown; body: unknown } & Pick<Call<Endpoint>, 'request' | 'reply'>,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const once = onceRequestOf(endpoint, request, { caller, body });
    if (once === null) return await work();
    const answer = await this.#gate.once(once, work);
    if (answer.replayed) void reply.header('idempotency-replayed', 'true');
    return answer.body;
  }

  /**
   * A program with a key (C8). Nothing that a browser sends by itself is looked at, so that nobody’s page can make it call;
   * and what carries a session as well is refused, because nobody could say whose doing it is.
   */
  async #admitProgram(
    endpoint: Endpoint,
    { request, reply }: { request: FastifyRequest; reply: FastifyReply },
    { bearer, params }: { bearer: string; params: Validator | null },
  ): Promise<Member> {
    if (this.#gate.carriesSession(request)) throw new Refusal('request.two-credentials');
    if (!takesKeys(endpoint)) throw new Refusal('access.not-for-keys');
    const path = request.params as { accountId?: string };
    if (params !== null) validated(params, path, 'path');
    const { member, pace } = await this.#gate.program(request, bearer, path.accountId ?? '');
    keepPace(reply, pace);
    if (member === null || !allows(endpoint.access, member)) throw new Refusal('access.forbidden');
    return member;
  }

  /** Node has one limit for all requests, which is that of files. */
  #refuseSlowBodies(): void {
    this.fastify.server.headersTimeout = requestMs;
    this.fastify.addHook('onRequest', async (request, reply) => {
      const { headers } = request;
      const hasBody = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
      if (!hasBody || takesFile(request)) return;
      const cut = setTimeout(() => {
        if (!request.raw.complete) reply.raw.destroy();
      }, requestMs);
      // NOTE: a request that did not come over a socket, as in tests, never closes; nobody shall wait for its timer.
      cut.unref();
      request.raw.once('close', () => clearTimeout(cut));
    });
  }

  #refuseReadably(log: Log): void {
    this.fastify.setErrorHandler(async (error, request, reply) => {
      const refusal = refusalOf(error);
      if (refusal !== error && ['internal', 'unavailable'].includes(refusal.code))
        log.error(
          'request-failed',
          { requestId: request.id, route: request.routeOptions.url ?? '(none)' },
          error,
        );
      if (isOAuth(request)) return sendOAuthProblem(reply, refusal);
      const endpoint = endpointOf(request);
      const challenge =
        endpoint !== null && needsCaller(endpoint) ? challengeOf(refusal, endpoint, bearerOf(request)) : null;
      if (challenge !== null) void reply.header('www-authenticate', challenge);
      return isScim(request) ? sendScimProblem(reply, refusal) : sendProblem(reply, refusal, request.id);
    });
    this.fastify.setNotFoundHandler(async (request, reply) =>
      sendProblem(reply, new Refusal('not-found'), request.id),
    );
  }
}

export function sendProblem(reply: FastifyReply, refusal: Refusal, requestId: string): FastifyReply {
  const problem = problemOf(refusal, requestId);
  if (refusal.retryAfterS !== null) void reply.header('retry-after', String(refusal.retryAfterS));
  return reply
    .status(problem.status)
    .header('cache-control', 'no-store')
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify(problem));
}

/** Answers what is not even a request: nobody was called yet, so there is nothing but the socket. */
function refuseBrokenRequest(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const isLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const { status, ...problem } = problemOf(
    new Refusal(isLarge ? 'request.too-large' : 'request.malformed'),
    randomUUID(),
  );
  const answered = isLarge ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : status;
  const body = JSON.stringify({ ...problem, status: answered });
  socket.end(
    `HTTP/1.1 ${answered} ${STATUS_CODES[answered]}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/**
 * Where a request that Fastify does not see comes from, such as one that becomes a socket: by the same rule as `anyone`.
 */
export function addressBehind(trustedProxies: readonly string[]): (request: IncomingMessage) => string {
  const trusted = proxyAddr.compile([...trustedProxies]);
  return (request) => {
    const address = proxyAddr(request, trusted);
    return isIP(address) === 0 ? (request.socket.remoteAddress ?? '') : address;
  };
}

export function anyone(request: FastifyRequest): Anyone {
  const origin = request.headers.origin;
  return {
    // Behind a proxy the header may hold anything: what is not an address counts as the proxy itself.
    address: isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? '') : request.ip,
    origin: typeof origin === 'string' ? origin : null,
  };
}

function allows(access: Access, member: Member): boolean {
  return (
    typeof access !== 'object' || member.grants.some((grant) => grant.authorisations.has(access.holding))
  );
}

function isDoneInFrames(access: Access): boolean {
  const done: readonly Authorisation[] = framedAuthorisations;
  return typeof access !== 'object' || done.includes(access.holding);
}

function isProgram(caller: unknown): boolean {
  return (caller as Partial<Member>).actor?.kind === 'api-key';
}

/** What goes out fits its schema, or nothing goes out. */
function refuseUnfit(validator: Validator | null, answer: unknown, { id }: Endpoint): void {
  if (validator === null || validator(answer)) return;
  const [fault] = validator.errors ?? [];
  throw new Error(
    `The answer of ${id} does not fit its schema at ${fault?.instancePath} (${fault?.keyword})`,
  );
}

/** Whether only who has shown who they are is let in: with a session, or with a key. */
function needsCaller({ access }: Endpoint): boolean {
  return access !== 'anyone' && access !== 'visitor';
}

function validatedQuery(validator: Validator | null, query: unknown): unknown {
  const given = { ...(query as Record<string, unknown>) };
  if (validator !== null) return validated(validator, given, 'query');
  if (Object.keys(given).length > 0)
    throw new Refusal('request.invalid', { fields: [{ pointer: '/query', problem: 'must be empty' }] });
  return undefined;
}

function validatedBody({ bodyOptional }: Endpoint, validator: Validator | null, body: unknown): unknown {
  if (body === undefined && bodyOptional === true) return undefined;
  if (validator !== null) return validated(validator, body, 'body');
  if (body !== undefined && body !== null)
    throw new Refusal('request.invalid', { fields: [{ pointer: '/body', problem: 'must be empty' }] });
  return undefined;
}

/** Fastify’s own errors in the contract’s words; everything unexpected is `internal`, and says nothing. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Refusal('request.too-large');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new Refusal('request.media-type');
  if (error instanceof SyntaxError || statusCode === 400) return new Refusal('request.malformed');
  // A path that leads out of the pages is none of theirs.
  if (statusCode === 403 || statusCode === 404) return new Refusal('not-found');
  // A value that the database cannot take (SQLSTATE class 22, data exception): U+0000 in text, an instant that is none.
  if (code !== undefined && /^22[0-9A-Z]{3}$/.test(code)) return new Refusal('request.invalid');
  // The database takes nothing now: it only reads, is full, stops or starts (25006, classes 53 and 57P).
  if (code !== undefined && /^(?:25006|53[0-9A-Z]{3}|57P[0-9A-Z]{2})$/.test(code))
    return new Refusal('unavailable', { retryAfterS: 2 });
  return new Refusal('internal');
}
