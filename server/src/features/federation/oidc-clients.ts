import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import type { IssuerStatement, OidcAgreement } from '@samtal/contract/federation';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import type { Keyring } from '../../platform/keys/index.ts';
import { fetchOutbound, isLoopback, type Outbound } from '../../platform/outbound/index.ts';
import { openClientSecret } from './client-secret.ts';
import { UnfitIssuerError } from './oidc-errors.ts';
import { openOwnKey } from './own-side.ts';
import type { StoredOidc } from './queries.ts';

/** What we may be signed for with. Neither `none` nor anything that the client secret makes (RFC 8725, 3.1, 3.2). */
const signing = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Clocks may differ by so much. */
export const skewS = 60;
/** What a provider says of itself counts so long. */
const keptMs = 10 * 60_000;
/** One that could not be reached is left alone so long. */
const failedMs = 10_000;
/** The same for its keys. */
const keysMs = 5 * 60_000;
const timeoutMs = 10_000;
const limitBytes = 256 * 1024;

interface Signers {
  readonly keys: JWTVerifyGetKey;
  readonly algorithms: string[];
}

interface Known {
  readonly client: oidc.Configuration;
  readonly signers: Signers;
}

/**
 * What is known of the providers that speak OpenID Connect: read from them when it is needed, by the way out that the operator
 * sees to, and kept for a while in this process. Their keys are kept by the library, and read anew when one is new.
 */
export class OidcClients {
  readonly #outbound: Outbound;
  readonly #keyring: Keyring;
  readonly #known = new Map<string, { of: string; until: number; known: Promise<Known> }>();

  constructor({ outbound, keyring }: { outbound: Outbound; keyring: Keyring }) {
    this.#outbound = outbound;
    this.#keyring = keyring;
  }

  /** Throws UnfitIssuerError, and whatever a provider that cannot be reached makes. */
  async of(provider: StoredOidc): Promise<oidc.Configuration> {
    return (await this.#of(provider)).client;
  }

  /** Whose signature counts, for what the library does not verify. Throws the same. */
  async signersOf(provider: StoredOidc): Promise<Signers> {
    return (await this.#of(provider)).signers;
  }

  async #of(provider: StoredOidc): Promise<Known> {
    const of = JSON.stringify([provider.oidc, provider.clientSecret?.toString('base64')]);
    const kept = this.#known.get(provider.id);
    if (kept?.of === of && kept.until > Date.now()) return await kept.known;
    for (const [id, { until }] of this.#known) if (until < Date.now()) this.#known.delete(id);
    const known = this.#read(provider);
    const entry = { of, until: Date.now() + keptMs, known };
    this.#known.set(provider.id, entry);
    known.catch(() => (entry.until = Date.now() + failedMs));
    return await known;
  }

  /** What a provider says of itself now. */
  async statement(issuer: string): Promise<IssuerStatement> {
    const metadata = await this.#discover(issuer);
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const authenticates: IssuerStatement['authenticates'] = [];
    if (methods.some((method) => method.startsWith('client_secret_') && !method.endsWith('_jwt')))
      authenticates.push('secret');
    if (methods.includes('private_key_jwt')) authenticates.push('key');
    return {
      issuer,
      signInUrl: metadata.authorization_endpoint ?? '',
      authenticates,
      scopes: metadata.scopes_supported ?? null,
      signsOut: typeof metadata.end_session_endpoint === 'string',
    };
  }

  async #read(provider: StoredOidc): Promise<Known> {
    const { oidc: agreed } = provider;
    const metadata = await this.#discover(agreed.issuer);
    const client = new oidc.Configuration(
      metadata,
      agreed.clientId,
      { [oidc.clockTolerance]: skewS },
      await this.#proof(provider, metadata),
    );
    client[oidc.customFetch] = this.#fetch;
    client.timeout = timeoutMs / 1000;
    if (isPlain(agreed)) oidc.allowInsecureRequests(client);
    // Without it the library takes TLS for proof enough of what the token endpoint says.
    oidc.enableNonRepudiationChecks(client);
    return { client, signers: this.#signers(metadata) };
  }

  #signers({ jwks_uri, id_token_signing_alg_values_supported }: oidc.ServerMetadata): Signers {
    const keys = createRemoteJWKSet(new URL(jwks_uri ?? ''), {
      timeoutDuration: timeoutMs,
      cacheMaxAge: keysMs,
      [customFetch]: async (url, { method }) =>
        await fetchOutbound(this.#outbound, new URL(url), { method, timeoutMs, limitBytes }),
    });
    return { keys, algorithms: id_token_signing_alg_values_supported ?? [] };
  }

  async #discover(issuer: string): Promise<oidc.ServerMetadata> {
    const found = await oidc.discovery(new URL(issuer), 'unknown', undefined, oidc.None(), {
      [oidc.customFetch]: this.#fetch,
      timeout: timeoutMs / 1000,
      ...(isPlain({ issuer }) ? { execute: [oidc.allowInsecureRequests] } : {}),
    });
    const { supportsPKCE: _, ...metadata } = found.serverMetadata();
    // NOTE: letter by letter. The library lets pass what differs by a slash, and issuers that stand for many (RFC 8414, 3.3).
    if (metadata.issuer !== issuer) throw new UnfitIssuerError('issuer');
    for (const endpoint of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const)
      if (!isAddress(metadata[endpoint], isPlain({ issuer }))) throw new UnfitIssuerError(endpoint);
    const end = metadata.end_session_endpoint;
    if (end !== undefined && !isAddress(end, isPlain({ issuer })))
      throw new UnfitIssuerError('end_session_endpoint');
    const offered = metadata.id_token_signing_alg_values_supported ?? ['RS256'];
    const algorithms = signing.filter((algorithm) => offered.includes(algorithm));
    if (algorithms.length === 0) throw new UnfitIssuerError('algorithms');
    return { ...metadata, id_token_signing_alg_values_supported: algorithms };
  }

  async #proof(provider: StoredOidc, metadata: oidc.ServerMetadata): Promise<oidc.ClientAuth> {
    const where = { account: provider.accountId, id: provider.id };
    if (provider.oidc.authenticates === 'key') {
      const key = createPrivateKey(await openOwnKey(this.#keyring, where, provider.ownKey));
      const bytes = new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }));
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      const imported = await crypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign']);
      return oidc.PrivateKeyJwt({ key: imported, kid: publicKeyOf(provider).kid });
    }
    if (provider.clientSecret === null) throw new UnfitIssuerError('secret');
    const secret = await openClientSecret(this.#keyring, where, provider.clientSecret);
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isPost = methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    return isPost ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
  }

  readonly #fetch: oidc.CustomFetch = async (url, { method, headers, body }) => {
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof URLSearchParams))
      throw new TypeError('Only text is sent to providers');
    return await fetchOutbound(this.#outbound, new URL(url), {
      method,
      headers,
      ...(body === undefined || body === null ? {} : { body: body.toString() }),
      timeoutMs,
      limitBytes,
    });
  };
}

/** Where a browser may be sent, and a secret: HTTPS, or loopback for an issuer that is there itself. */
function isAddress(value: unknown, plain: boolean): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || (plain && protocol === 'http:' && isLoopback(hostname));
}

function isPlain({ issuer }: Pick<OidcAgreement, 'issuer'>): boolean {
  return issuer.startsWith('http:');
}

/** The public half of our key towards a provider (RFC 7517), named by its thumbprint (RFC 7638). */
export function publicKeyOf({ ownCertificate }: Pick<StoredOidc, 'ownCertificate'>) {
  const {
    e = '',
    n = '',
    kty = '',
  } = new X509Certificate(ownCertificate).publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  return { kty, n, e, kid, use: 'sig', alg: 'RS256' };
}
