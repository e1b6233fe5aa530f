import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  base64url,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JWK,
} from 'jose';

/*
 * An OpenID Connect provider (Core 1.0, Discovery 1.0, RFC 7636, RFC 9207). It shares nothing with what verifies its
 * answers, believes nobody who does not prove who they are, and says otherwise whatever a test wants otherwise.
 */

/** A person, and what is to be otherwise. */
export interface Telling {
  /** Beside or instead of the usual claims of the ID token; undefined leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** What the UserInfo endpoint says. */
  readonly userinfo?: Readonly<Record<string, unknown>>;
  /** The issuer that the answer names (RFC 9207); null names none. */
  readonly iss?: string | null;
  /** The state that the answer brings along. */
  readonly state?: string;
  readonly accessToken?: string;
  /** Signs an ID token otherwise. */
  readonly sign?: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

interface Waiting {
  readonly request: URLSearchParams;
  readonly telling: Telling;
  redeemed: boolean;
}

export class TestOpenIdProvider {
  readonly clientId = 'samtal';
  readonly clientSecret = 'a secret with: signs & spaces';
  readonly issuer: string;
  /** Changes what it says of itself. */
  discovered: Readonly<Record<string, unknown>> = {};
  /** Sends on, by path. */
  redirections: Readonly<Record<string, string>> = {};
  /** Where our public keys are (private_key_jwt); the secret counts as long as there is none. */
  clientKeys: (() => Promise<{ keys: JWK[] }>) | null = null;
  /** What a browser sees that is sent here; without it nothing. */
  page: ((url: URL) => string) | null = null;
  /** What was asked for, by path. */
  readonly asked: string[] = [];
  /** Whether it answers at all. */
  answers = true;
  #keys: SigningKey[];
  readonly #server: Server;
  readonly #codes = new Map<string, Waiting>();
  readonly #tokens = new Map<string, Telling>();

  private constructor(server: Server, issuer: string, key: SigningKey) {
    this.#server = server;
    this.issuer = issuer;
    this.#keys = [key];
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      });
    });
  }

  static async start(host: '127.0.0.1' | 'localhost' = '127.0.0.1'): Promise<TestOpenIdProvider> {
    const server = createServer();
    server.listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return new TestOpenIdProvider(server, `http://${host}:${port}`, await newKey());
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  get signingKey(): SigningKey {
    return this.#keys[0] as SigningKey;
  }

  /** Signs with a new key from now on, or this one; the one before is gone. */
  async roll(to?: SigningKey): Promise<void> {
    this.#keys = [to ?? (await newKey())];
  }

  /** Where somebody who agrees is sent back to, with a code. */
  agree(url: string | URL, telling: Telling = {}): string {
    const request = new URL(url).searchParams;
    const code = randomBytes(16).toString('base64url');
    this.#codes.set(code, { request, telling, redeemed: false });
    return this.#back(request, telling, { code });
  }

  /** Where somebody who does not is sent back to. */
  deny(url: string | URL, error = 'access_denied'): string {
    return this.#back(new URL(url).searchParams, {}, { error, error_description: '<b>no</b>' });
  }

  async sign(claims: Readonly<Record<string, unknown>>, typ = 'JWT'): Promise<string> {
    const { kid, privateKey } = this.signingKey;
    return await new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid, typ }).sign(privateKey);
  }

  #back(request: URLSearchParams, { iss, state }: Telling, parameters: Record<string, string>): string {
    const to = new URL(request.get('redirect_uri') ?? '');
    for (const [name, value] of Object.entries(parameters)) to.searchParams.set(name, value);
    to.searchParams.set('state', state ?? request.get('state') ?? '');
    if (iss !== null) to.searchParams.set('iss', iss ?? this.issuer);
    return to.href;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.issuer);
    this.asked.push(url.pathname);
    if (!this.answers) return void request.socket.destroy();
    const say = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const onwards = this.redirections[url.pathname];
    if (onwards !== undefined) {
      response.writeHead(307, { location: this.issuer + onwards });
      return void response.end();
    }
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return say(200, this.#configuration());
      case '/keys':
        return say(200, { keys: this.#keys.map(({ jwk }) => jwk) });
      case '/token': {
        const answer = await this.#token(request, new URLSearchParams(await textOf(request)));
        return say('error' in answer ? 400 : 200, answer);
      }
      case '/userinfo': {
        const telling = this.#tokens.get((request.headers.authorization ?? '').replace(/^Bearer /, ''));
        if (telling === undefined) return say(401, { error: 'invalid_token' });
        return say(200, { sub: telling.claims?.['sub'] ?? 'u-1001', ...telling.userinfo });
      }
      default:
        response.setHeader('content-type', 'text/html; charset=utf-8');
        response.end(this.page?.(url) ?? '');
    }
  }

  #configuration() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/keys`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
      authorization_response_iss_parameter_supported: true,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      scopes_supported: ['openid', 'email', 'profile'],
      ...this.discovered,
    };
  }

  async #token(request: IncomingMessage, form: URLSearchParams): Promise<Record<string, unknown>> {
    if (!(await this.#isClient(request, form))) return { error: 'invalid_client' };
    const waiting = this.#codes.get(form.get('code') ?? '');
    if (waiting === undefined || waiting.redeemed || form.get('grant_type') !== 'authorization_code')
      return { error: 'invalid_grant' };
    waiting.redeemed = true;
    const { request: asked, telling } = waiting;
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isWhoAsked =
      asked.get('code_challenge_method') === 'S256' &&
      asked.get('code_challenge') === challenge &&
      asked.get('redirect_uri') === form.get('redirect_uri') &&
      asked.get('client_id') === this.clientId;
    if (!isWhoAsked) return { error: 'invalid_grant' };
    const accessToken = telling.accessToken ?? randomBytes(16).toString('base64url');
    this.#tokens.set(accessToken, telling);
    const claims = this.#claims(asked, telling);
    const idToken = await (telling.sign ?? ((all) => this.sign(all)))(claims);
    return { access_token: accessToken, token_type: 'Bearer', expires_in: 60, id_token: idToken };
  }

  #claims(asked: URLSearchParams, { claims = {} }: Telling): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    return {
      iss: this.issuer,
      aud: this.clientId,
      sub: 'u-1001',
      iat: now,
      exp: now + 300,
      nonce: asked.get('nonce'),
      email: 'vera@almvik.example',
      email_verified: true,
      name: 'Vera Lind',
      ...(asked.has('max_age') ? { auth_time: now } : {}),
      ...claims,
    };
  }

  async #isClient({ headers }: IncomingMessage, form: URLSearchParams): Promise<boolean> {
    if (this.clientKeys === null) {
      // RFC 6749, 2.3.1: both halves are encoded as in a form.
      const [id = '', secret = ''] = Buffer.from(
        (headers.authorization ?? '').replace(/^Basic /, ''),
        'base64',
      )
        .toString()
        .split(':')
        .map((half) => decodeURIComponent(half.replaceAll('+', ' ')));
      return id === this.clientId && secret === this.clientSecret;
    }
    const { keys } = await this.clientKeys();
    const assertion = form.get('client_assertion') ?? '';
    const header = JSON.parse(
      new TextDecoder().decode(base64url.decode(assertion.split('.')[0] ?? '')),
    ) as JWK;
    const key = keys.find(({ kid }) => kid === header.kid);
    if (key === undefined) return false;
    const { payload } = await jwtVerify(assertion, await importJWK(key, 'RS256'), {
      issuer: this.clientId,
      subject: this.clientId,
      audience: [this.issuer, `${this.issuer}/token`],
      requiredClaims: ['exp', 'jti'],
    });
    return payload.sub === this.clientId;
  }
}

export async function newKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, jwk: { ...jwk, kid, use: 'sig', alg: 'RS256' } };
}

/** A token that nobody signed. */
export function unsigned(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => base64url.encode(JSON.stringify(value));
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
