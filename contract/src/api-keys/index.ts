import { Scope } from '../access/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, listOf, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';

export * from './sensitive.ts';

/** What a key may do: a role within a scope, as a user is given one. What its owner does not hold falls away (C8). */
export const KeyGrant = closed({ roleId: Id, scope: Scope });
export type KeyGrant = Static<typeof KeyGrant>;

/** Why a key is taken, or is not any more. It is not taken either while its owner is not an active user. */
export const keyStates = ['active', 'owner-away', 'expired', 'revoked'] as const;
export type KeyState = (typeof keyStates)[number];

export const ApiKey = closed({
  id: Id,
  name: Name,
  /** What uses it and what for. */
  purpose: Type.String(),
  state: oneOf(...keyStates),
  /** The user who made it and answers for it; null when they have left. */
  ownerId: nullable(Id),
  ownerName: nullable(Type.String()),
  grants: Type.Array(KeyGrant),
  createdAt: Instant,
  expiresAt: Instant,
  /** The day, UTC, and no more than that; null when it was never used. */
  lastUsedOn: nullable(Type.String({ format: 'date' })),
  /** The secrets that are taken, the newest first: two while one replaces the other. Null: it ends with the key. */
  secrets: Type.Array(closed({ createdAt: Instant, endsAt: nullable(Instant) })),
});
export type ApiKey = Static<typeof ApiKey>;

/** A key with its secret, which is shown this once and kept nowhere. */
export const ShownApiKey = closed({ key: ApiKey, secret: Type.String() });
export type ShownApiKey = Static<typeof ShownApiKey>;

const account = { accountId: Id };
const one = closed({ ...account, keyId: Id });
const purpose = Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' });

export const listApiKeys = endpoint({
  id: 'api-keys.listApiKeys',
  method: 'GET',
  path: '/accounts/{accountId}/api-keys',
  summary: 'The API keys of the account, the newest first',
  access: { holding: 'api-keys.manage' },
  params: closed(account),
  status: 200,
  response: listOf(ApiKey),
});

export const createApiKey = endpoint({
  id: 'api-keys.createApiKey',
  method: 'POST',
  path: '/accounts/{accountId}/api-keys',
  summary: 'Make an API key; its secret is in the answer and nowhere else',
  description:
    'Whoever makes a key owns it. It is given roles within scopes as a user is, none that its owner does not hold, and never does more than its owner could at that moment.',
  access: { holding: 'api-keys.manage' },
  notForKeys: true,
  sensitive: true,
  params: closed(account),
  body: closed({
    name: Name,
    purpose,
    grants: Type.Array(KeyGrant, { minItems: 1, maxItems: 20 }),
    /** As late as the account allows, when left out. */
    expiresAt: Type.Optional(Instant),
  }),
  answersOnce: true,
  status: 201,
  response: ShownApiKey,
  errors: ['access.exceeds-own', 'api-keys.lifetime', 'names.taken', 'not-found'],
});

export const rotateApiKey = endpoint({
  id: 'api-keys.rotateApiKey',
  method: 'POST',
  path: '/accounts/{accountId}/api-keys/{keyId}/secrets',
  summary: 'Make a new secret for a key; the old one goes on until the time that is chosen',
  description:
    'Never more than two secrets are taken: one that was already being replaced ends at once. Tokens end with the secret they were got for.',
  access: { holding: 'api-keys.manage' },
  notForKeys: true,
  sensitive: true,
  params: one,
  body: closed({
    /** When the old secret ends; null: now. */
    oldEndsAt: nullable(Instant),
    /** A new end of the key itself; as it was when left out. */
    expiresAt: Type.Optional(Instant),
  }),
  answersOnce: true,
  status: 201,
  response: ShownApiKey,
  errors: ['api-keys.ended', 'api-keys.lifetime', 'api-keys.not-yours', 'api-keys.overlap', 'not-found'],
});

export const revokeApiKey = endpoint({
  id: 'api-keys.revokeApiKey',
  method: 'DELETE',
  path: '/accounts/{accountId}/api-keys/{keyId}',
  summary: 'Revoke a key: it and its tokens are refused from now on',
  access: { holding: 'api-keys.manage' },
  notForKeys: true,
  params: one,
  status: 204,
  errors: ['not-found'],
});

/** Unknown fields are left alone, as RFC 6749 (3.2) wants it. */
export const TokenRequest = Type.Object({
  grant_type: Type.String({ description: '`client_credentials`' }),
  scope: Type.Optional(
    Type.String({
      description: 'Authorisations, separated by spaces; everything the key holds when left out.',
    }),
  ),
  client_id: Type.Optional(
    Type.String({ description: 'The id of the key, unless the client is named by HTTP Basic.' }),
  ),
  client_secret: Type.Optional(Type.String({ description: 'The key, as it was shown.' })),
});
export type TokenRequest = Static<typeof TokenRequest>;

export const issueToken = endpoint({
  id: 'api-keys.issueToken',
  method: 'POST',
  path: '/oauth/token',
  summary: 'Get an access token for a key (OAuth 2.0, client credentials)',
  description:
    'RFC 6749, 4.4. The client shows the id of the key and the key by HTTP Basic or in the body, which is form-encoded. For accounts whose setting `api.authentication` is `token`.',
  access: 'anyone',
  oauth: true,
  body: TokenRequest,
  status: 200,
  response: closed({
    access_token: Type.String(),
    token_type: Type.Literal('Bearer'),
    expires_in: Type.Integer({ description: 'Seconds.' }),
    scope: Type.String(),
  }),
  errors: [
    'api-keys.network',
    'oauth.invalid-client',
    'oauth.invalid-scope',
    'oauth.unauthorized-client',
    'oauth.unsupported-grant-type',
  ],
});
