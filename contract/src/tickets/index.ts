import { endpoint } from '../endpoint/index.ts';
import { makingFields, removal } from '../history/change.ts';
import { closed, Id, Instant, listOf, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** What the header of a ticket says it is (RFC 8725, 3.11), so that no other token of the account’s is taken for one. */
export const ticketType = 'samtal-ticket+jwt';

/** How tickets may be signed (RFC 7518, RFC 8037): the key says which; a ticket’s header cannot choose. */
export const ticketAlgorithms = ['ES256', 'EdDSA'] as const;
export type TicketAlgorithm = (typeof ticketAlgorithms)[number];

export const ticketLimits = {
  /** Of a ticket as it is sent, characters. */
  length: 4096,
  keysOfSite: 10,
  /** The clock of whoever signs may differ by so much. */
  skewSeconds: 30,
  /** The longest that a key goes on beside the one that replaces it. */
  overlapHours: 30 * 24,
} as const;

/** A key by which an organisation’s own server signs tickets for a site (C9). Its private half never comes here. */
export const TicketKey = closed({
  id: Id,
  /** What tickets call it in their header. */
  kid: Type.String(),
  algorithm: oneOf(...ticketAlgorithms),
  createdAt: Instant,
  /** When tickets signed by it are not taken any more; null while nothing replaces it. */
  endsAt: nullable(Instant),
  /** The day, UTC; null when no ticket of it was redeemed yet. */
  lastUsedOn: nullable(Type.String({ format: 'date' })),
});
export type TicketKey = Static<typeof TicketKey>;

/** What versions keep of a key (H1). */
export const TicketKeyConfiguration = closed({
  name: Type.String(),
  siteId: Id,
  algorithm: oneOf(...ticketAlgorithms),
  endsAt: nullable(Instant),
});

const site = { accountId: Id, siteId: Id };
const base = '/accounts/{accountId}/sites/{siteId}/ticket-keys';

export const listTicketKeys = endpoint({
  id: 'tickets.listTicketKeys',
  method: 'GET',
  path: base,
  summary: 'The keys that sign tickets for a site, the newest first',
  access: { holding: 'sites.read' },
  params: closed(site),
  status: 200,
  response: listOf(TicketKey),
  errors: ['not-found'],
});

export const addTicketKeys = endpoint({
  id: 'tickets.addTicketKeys',
  method: 'POST',
  path: base,
  summary: 'Let a key sign tickets for a site, beside others or in place of one',
  description:
    'Public keys only: a PEM block, a JWK or a JWK set (RFC 7517) with keys on P-256 or Ed25519. A key without a `kid` is called by its thumbprint (RFC 7638). Answers with all keys of the site.',
  access: { holding: 'sites.manage' },
  sensitive: true,
  params: closed(site),
  body: closed({
    key: Type.String({ minLength: 1, maxLength: 16_384 }),
    /** The key that ends when its overlap is over. */
    replaces: Type.Optional(
      closed({ keyId: Id, overlapHours: Type.Integer({ minimum: 0, maximum: ticketLimits.overlapHours }) }),
    ),
    ...makingFields,
  }),
  status: 201,
  response: listOf(TicketKey),
  errors: [
    'not-found',
    'tickets.key-known',
    'tickets.key-private',
    'tickets.key-unfit',
    'tickets.too-many-keys',
  ],
});

export const revokeTicketKey = endpoint({
  id: 'tickets.revokeTicketKey',
  method: 'DELETE',
  path: `${base}/{keyId}`,
  summary: 'Take no ticket of this key from now on',
  description: 'Visitors whose tickets were redeemed stay who they are until their session ends.',
  access: { holding: 'sites.manage' },
  params: closed({ ...site, keyId: Id }),
  ...removal,
  status: 204,
  errors: ['not-found'],
});

export const issueTicket = endpoint({
  id: 'tickets.issueTicket',
  method: 'POST',
  path: '/accounts/{accountId}/sites/{siteId}/tickets',
  summary: 'Get a ticket for a customer, instead of signing one',
  description:
    'For an organisation’s own server that has a key of this interface and none of its own. The ticket holds the same as a signed one, is redeemed in the same way, once, and lives as long as `tickets.life-seconds` lets it at most. No built-in role has `tickets.issue`.',
  access: { holding: 'tickets.issue' },
  params: closed(site),
  body: closed({
    /** Who it is, as the organisation calls them: the claim `sub`. */
    subject: Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
    /** Other claims, for attributes that name them. */
    claims: Type.Optional(
      Type.Record(Type.String({ pattern: '^[!-~]{1,120}$' }), Type.String({ minLength: 1, maxLength: 500 }), {
        additionalProperties: false,
        maxProperties: 10,
      }),
    ),
    /** The challenge that the page was given. */
    nonce: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' })),
    /** The page that may bring it, by its origin. */
    origin: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    lifeSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 300 })),
  }),
  answersOnce: true,
  status: 201,
  response: closed({ ticket: Type.String(), expiresAt: Instant }),
  errors: ['not-found'],
});
