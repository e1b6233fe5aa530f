import { endpoints } from '@samtal/contract';
import { takesKeys } from './bearer.ts';
import { takesIdempotencyKey } from './once.ts';
import { authorisations } from '@samtal/contract/access';
import type { Endpoint } from '@samtal/contract/endpoint';
import { Problem, refusals, type ErrorCode } from '@samtal/contract/errors';
import { fileNameHeader } from '@samtal/contract/media/types';
import { scimUrns } from '@samtal/contract/provisioning';
import type { TSchema } from '@samtal/contract/shared';

interface ObjectSchema {
  readonly properties?: Record<string, TSchema>;
  readonly required?: readonly string[];
}

/** The OpenAPI 3.1 document of the API, made from the contract's endpoints and nothing else (C8). */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const operations = (paths[endpoint.path] ??= {});
    operations[endpoint.method.toLowerCase()] = operation(endpoint);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Samtal',
      version: '1',
      description:
        'Everything the console does. Requests and answers are JSON; unknown fields are refused. Refusals are problem details (RFC 9457) with a stable `code`. Lists that can grow are paged by cursor. Answers to users and keys say in `RateLimit-Policy` and `RateLimit` how many requests are left (draft-ietf-httpapi-ratelimit-headers); beyond, the answer is 429 with `Retry-After`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    tags: [...new Set(endpoints.map(featureOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: plain(Problem), OAuthError: oauthError, ScimError: scimError },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: '__Host-samtal', description: 'Set by signing in.' },
        csrf: {
          type: 'apiKey',
          in: 'header',
          name: 'x-csrf-token',
          description: 'With every request that changes something.',
        },
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, where the setting `api.authentication` of the account is `key`.',
        },
        token: {
          type: 'oauth2',
          description:
            'An access token got for a key, where the setting `api.authentication` of the account is `token`. Scopes are authorisations.',
          flows: {
            clientCredentials: {
              tokenUrl: '/api/v1/oauth/token',
              scopes: Object.fromEntries(
                Object.entries(authorisations).map(([name, { says }]) => [name, says]),
              ),
            },
          },
        },
        visitor: { type: 'http', scheme: 'bearer', description: 'The token of a visitor session.' },
      },
    },
  };
}

function operation(endpoint: Endpoint): object {
  const { id, summary, params, query, body, bodyOptional, takesFile, status } = endpoint;
  return {
    operationId: id,
    tags: [featureOf(endpoint)],
    summary,
    description: descriptionOf(endpoint),
    ...(security(endpoint).length === 0 ? {} : { security: security(endpoint) }),
    parameters: [
      ...parameters('path', params),
      ...parameters('query', query),
      ...(takesFile === true ? [fileName] : []),
      ...(takesIdempotencyKey(endpoint) ? [idempotencyKey] : []),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: bodyOptional !== true,
            content: { [bodyType(endpoint)]: { schema: plain(body) } },
          },
        }),
    ...(takesFile === true ? { requestBody: { required: true, content: fileContent } } : {}),
    responses: {
      [status]: { description: 'Done.', ...content(endpoint) },
      ...problemResponses(endpoint),
    },
  };
}

function descriptionOf(endpoint: Endpoint): string {
  const { description, sensitive } = endpoint;
  return [description, bodySentence(endpoint), accessSentence(endpoint), elevationSentence(sensitive)]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function content({ response, media, scim }: Endpoint): object {
  if (media !== undefined)
    return { content: Object.fromEntries(media.map((type) => [type, { schema: { type: 'string' } }])) };
  return response === undefined ? {} : { content: { [jsonType(scim)]: { schema: plain(response) } } };
}

function jsonType(scim: true | undefined): string {
  return scim === true ? 'application/scim+json' : 'application/json';
}

/** The content of a file, as it is (OpenAPI 3.1: no schema for what is not described by one). */
const fileContent = { 'application/octet-stream': {} };
const fileName = {
  name: fileNameHeader,
  in: 'header',
  required: true,
  description: 'The name of the file, as UTF-8 in percent-encoding.',
  schema: { type: 'string' },
};

function bodyType({ oauth, scim }: Endpoint): string {
  return oauth === true ? 'application/x-www-form-urlencoded' : jsonType(scim);
}

const oauthError = {
  type: 'object',
  required: ['error'],
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
};

/** RFC 7644, 3.12. */
const scimError = {
  type: 'object',
  required: ['schemas', 'status'],
  properties: {
    schemas: { type: 'array', items: { type: 'string' } },
    status: { type: 'string' },
    scimType: { type: 'string' },
    detail: { type: 'string' },
    [scimUrns.refusal]: { type: 'object', properties: { code: { type: 'string' } } },
  },
};

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Chosen at random by the client, one for each thing to be done (draft-ietf-httpapi-idempotency-key-header). For 24 hours the same request with the same key is not done again but answered the same.',
  schema: { type: 'string', minLength: 16, maxLength: 255 },
};

function featureOf({ id }: Endpoint): string {
  return id.slice(0, id.indexOf('.'));
}

/** RFC 9110, 9.3.5: nobody should send content with a DELETE, unless the server has said that it has a purpose there. */
function bodySentence({ method, body }: Endpoint): string | undefined {
  return method === 'DELETE' && body !== undefined
    ? 'May come with a body, which has a purpose here although the method is DELETE (RFC 9110, 9.3.5): it says why.'
    : undefined;
}

function accessSentence({ access, minutesAfterSession }: Endpoint): string {
  if (access === 'anyone') return 'Needs no session.';
  if (access === 'visitor')
    return `For the visitor whose session token the request carries, from an origin of the site${minutesAfterSession === undefined ? '' : `, up to ${minutesAfterSession} minutes after the session’s end`}.`;
  if (access === 'signed-in') return 'For anyone who is signed in.';
  return access === 'member'
    ? 'For members of the account.'
    : `Needs the authorisation \`${access.holding}\`.`;
}

function elevationSentence(sensitive: Endpoint['sensitive']): string | undefined {
  if (sensitive === undefined) return undefined;
  const when = typeof sensitive === 'function' ? ' where what is changed is sensitive' : '';
  return `Needs an elevated session${when} (\`signin.elevate\`); a key needs none.`;
}

function security(endpoint: Endpoint): object[] {
  const { access, method } = endpoint;
  if (access === 'anyone') return [];
  if (access === 'visitor') return [{ visitor: [] }];
  const session = method === 'GET' ? { session: [] } : { session: [], csrf: [] };
  if (!takesKeys(endpoint)) return [session];
  return [session, { key: [] }, { token: typeof access === 'object' ? [access.holding] : [] }];
}

function parameters(where: 'path' | 'query', schema: TSchema | undefined): object[] {
  const { properties = {}, required = [] } = (schema ?? {}) as ObjectSchema;
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: plain(property),
  }));
}

/** Refusals by status: those of the endpoint, and those that its kind of access and its inputs bring with them. */
function problemResponses(endpoint: Endpoint): Record<string, object> {
  const codes = new Set<ErrorCode>(endpoint.errors ?? []);
  if (endpoint.body !== undefined) for (const code of bodyRefusals) codes.add(code);
  if (endpoint.query !== undefined) codes.add('request.invalid');
  if (endpoint.access === 'visitor')
    codes.add('visitors.session-ended').add('request.origin').add('not-found');
  if (
    endpoint.access === 'signed-in' ||
    endpoint.access === 'member' ||
    typeof endpoint.access === 'object'
  ) {
    codes.add('signin.required');
    if (endpoint.method !== 'GET') codes.add('request.csrf').add('request.origin');
    if (endpoint.sensitive !== undefined) codes.add('signin.elevation-required');
    if (endpoint.access !== 'signed-in') codes.add('not-found');
    if (typeof endpoint.access === 'object') codes.add('access.forbidden');
    if (takesIdempotencyKey(endpoint)) for (const code of onceRefusals) codes.add(code);
    codes.add('request.two-credentials').add('request.rate-limited');
    for (const code of takesKeys(endpoint) ? keyRefusals : (['access.not-for-keys'] as const))
      codes.add(code);
  }
  if (endpoint.oauth === true) return oauthResponses(codes);
  const byStatus = Map.groupBy([...codes].toSorted(), (code) => refusals[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => [
      String(status),
      {
        description: of.map((code) => `\`${code}\`: ${refusals[code].title}`).join(' '),
        content:
          endpoint.scim === true
            ? { 'application/scim+json': { schema: { $ref: '#/components/schemas/ScimError' } } }
            : { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

const keyRefusals = ['api-keys.refused', 'api-keys.wrong-mode', 'api-keys.network'] as const;

const onceRefusals = [
  'idempotency.other-request',
  'idempotency.in-progress',
  'idempotency.answer-lost',
] as const;

const bodyRefusals = [
  'request.invalid',
  'request.malformed',
  'request.too-large',
  'request.media-type',
] as const;

/** What a token endpoint refuses with (RFC 6749, 5.2). */
function oauthResponses(codes: ReadonlySet<ErrorCode>): Record<string, object> {
  const statuses = new Set([...codes].map((code) => refusals[code].status).toSorted((a, b) => a - b));
  return Object.fromEntries(
    [...statuses].map((status) => [
      String(status),
      {
        description: 'Refused, in the shape of RFC 6749 (5.2).',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } } },
      },
    ]),
  );
}

/** The schema as plain JSON, without what the schema library keeps on its objects. */
function plain(schema: TSchema): unknown {
  return JSON.parse(JSON.stringify(schema));
}
