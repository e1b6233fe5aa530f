import { Scope } from '../access/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, Reason, removal } from '../history/change.ts';
import {
  changesOf,
  closed,
  Email,
  Id,
  Instant,
  listOf,
  Name,
  nullable,
  oneOf,
  Type,
  type Static,
} from '../shared/index.ts';
import { ClientSecret, Issuer, IssuerStatement, OidcAgreement, OidcOwnSide } from './oidc.ts';

export type { IssuerStatement, OidcAgreement } from './oidc.ts';

/** The most that metadata or a response of an identity provider may weigh, bytes. */
export const samlLimitBytes = 256 * 1024;

const Uri = Type.String({ minLength: 1, maxLength: 1024, pattern: '^[!-~]+$' });
const HttpsUrl = Type.String({
  maxLength: 1024,
  pattern: String.raw`^(https://|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?/)[!-~]+$`,
});
const Certificate = Type.String({ minLength: 100, maxLength: 8192, pattern: '^-----BEGIN CERTIFICATE-----' });
const Domain = Type.String({
  maxLength: 253,
  pattern: '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$',
});
/** What somebody is called at a provider, and by which they are known here: a NameID or a `sub`. */
const Subject = Type.String({ minLength: 1, maxLength: 512 });
const AttributeName = Type.String({ minLength: 1, maxLength: 255 });

/** What is agreed with a provider that speaks SAML 2.0. */
export const SamlAgreement = closed({
  /** What the provider calls itself: the issuer of what it says. */
  entityId: Uri,
  /** Where browsers are sent (HTTP-Redirect binding). */
  signInUrl: HttpsUrl,
  /** Where browsers are sent to sign out (SingleLogoutService, HTTP-Redirect binding), and with what we answer there; null: it offers none. */
  signOutUrl: nullable(HttpsUrl),
  /** Whether signing out here leads to the provider, to sign out there, too (Single Logout Profile), where it offers that. */
  signsOutThere: Type.Boolean(),
  /** PEM. Two while one is replaced by the other: what either signed counts. */
  certificates: Type.Array(Certificate, { minItems: 1, maxItems: 2 }),
  /** What must be signed; more may be. */
  signed: oneOf('assertion', 'response', 'both'),
  /** Whether a sign-in may begin at the provider. Such a response answers nothing that we asked, so it is off by default. */
  unsolicited: Type.Boolean(),
  /** Whether assertions may come encrypted, for our certificate. */
  encrypted: Type.Boolean(),
});
export type SamlAgreement = Static<typeof SamlAgreement>;

/** A role for the members of a group at the provider; for everybody it lets in where no group is named. */
export const GroupRole = closed({
  group: nullable(Type.String({ minLength: 1, maxLength: 255 })),
  roleId: Id,
  scope: Scope,
  /** What the role is given for (B3). Without it: the names of the provider and of the group. */
  purpose: Type.Optional(Reason),
});
export type GroupRole = Static<typeof GroupRole>;

/** Under which names the provider says things; null for the usual ones. */
export const ProviderAttributes = closed({
  email: nullable(AttributeName),
  name: nullable(AttributeName),
  groups: nullable(AttributeName),
});
export type ProviderAttributes = Static<typeof ProviderAttributes>;

const common = {
  name: Name,
  active: Type.Boolean(),
  /** The e-mail domains whose people it may vouch for. Those that are not verified do not count. */
  domains: Type.Array(Domain, { uniqueItems: true, maxItems: 20 }),
  /** Whether somebody who is not a user yet becomes one by signing in. */
  createsUsers: Type.Boolean(),
  groupRoles: Type.Array(GroupRole, { maxItems: 50 }),
  attributes: ProviderAttributes,
};

/**
 * Why somebody who came by a provider was not let in. `structure`: not a document that is let through, or not for this address;
 * `request`: no request of this browser waits for it; `unverified`: signature, times, audience or what it answers; `not-for-us`:
 * issuer, recipient or the name there; `used`: used before; `domain`: no verified address; `not-linked`: a user has that
 * address already; `unknown`: no such user; `inactive`: switched off; `network`: not from here; `another-user`: not whose
 * session it is; `mobile`, `sessions`, `person`: no session may begin (C6). By OpenID Connect also `denied`: the provider sent them back;
 * `unreachable`: it cannot be asked; `email-unverified`: it does not say that the address is; `not-anew`: no new proof. `second-factor`: the
 * account demands one, the provider’s does not count, and the person has none here.
 */
export const federationRefusals = [
  'structure',
  'request',
  'unverified',
  'not-for-us',
  'used',
  'domain',
  'not-linked',
  'unknown',
  'inactive',
  'network',
  'another-user',
  'mobile',
  'sessions',
  'person',
  'denied',
  'unreachable',
  'email-unverified',
  'not-anew',
  'second-factor',
] as const;
export type FederationRefusal = (typeof federationRefusals)[number];

const samlFields = { protocol: Type.Literal('saml'), ...common, saml: SamlAgreement };
const oidcFields = { protocol: Type.Literal('oidc'), ...common, oidc: OidcAgreement };

/** What versions keep of an identity provider (H1). Secrets are not in them. */
export const IdentityProviderConfiguration = Type.Union([closed(samlFields), closed(oidcFields)]);

const answered = {
  id: Id,
  /** Those of its domains of which the operator has seen that they are the account’s. */
  verifiedDomains: Type.Array(Type.String()),
  /** When somebody came in by it last; null: nobody yet. */
  lastSignInAt: nullable(Instant),
  /** When somebody was refused last, and why. */
  lastRefusal: nullable(closed({ at: Instant, reason: oneOf(...federationRefusals) })),
  version: NewestVersion,
};

export const SamlProvider = closed({
  ...samlFields,
  ...answered,
  /** Of each certificate, in the same order. */
  certificatesEnd: Type.Array(Instant),
  /** What the provider has to be told about us. */
  own: closed({
    entityId: Type.String(),
    answerUrl: Type.String(),
    metadataUrl: Type.String(),
    signInUrl: Type.String(),
    /** Where it may say that a sign-in is over, and answers when we do (SingleLogoutService). */
    logoutUrl: Type.String(),
    certificate: Type.String(),
  }),
});
export type SamlProvider = Static<typeof SamlProvider>;

export const OidcProvider = closed({ ...oidcFields, ...answered, own: OidcOwnSide });
export type OidcProvider = Static<typeof OidcProvider>;

/** What speaks which protocol stays with it: `protocol` says which of `saml` and `oidc` there is. */
export const IdentityProvider = Type.Union([SamlProvider, OidcProvider]);
export type IdentityProvider = Static<typeof IdentityProvider>;

/** Somebody who signs in by a provider. */
export const FederatedUser = closed({
  userId: Id,
  name: Type.String(),
  email: Email,
  /** Whether they have come by it yet; until then the first one with their address is them. */
  known: Type.Boolean(),
  linkedAt: Instant,
});
export type FederatedUser = Static<typeof FederatedUser>;

const account = { accountId: Id };
const one = closed({ ...account, providerId: Id });
const base = '/accounts/{accountId}/identity-providers';
const access = { holding: 'federation.manage' } as const;
const unfit = [
  'access.exceeds-own',
  'federation.certificate-unfit',
  'federation.secret-missing',
  'names.taken',
  'not-found',
] as const;
const clientSecret = Type.Optional(ClientSecret);

export const listIdentityProviders = endpoint({
  id: 'federation.listIdentityProviders',
  method: 'GET',
  path: base,
  summary: 'The identity providers by which users of the account sign in',
  access,
  params: closed(account),
  status: 200,
  response: listOf(IdentityProvider),
});

export const createIdentityProvider = endpoint({
  id: 'federation.createIdentityProvider',
  method: 'POST',
  path: base,
  summary: 'Let users sign in by an identity provider that speaks SAML 2.0 or OpenID Connect',
  description: 'Nobody can have a provider give roles that they could not give themselves.',
  access,
  sensitive: true,
  params: closed(account),
  body: Type.Union([
    closed({ ...samlFields, ...makingFields }),
    closed({ ...oidcFields, clientSecret, ...makingFields }),
  ]),
  status: 201,
  response: IdentityProvider,
  errors: [...unfit],
});

export const changeIdentityProvider = endpoint({
  id: 'federation.changeIdentityProvider',
  method: 'PATCH',
  path: `${base}/{providerId}`,
  summary: 'Change an identity provider; one that is switched off ends the sessions that it began',
  description:
    'A client secret stays until another one is given. It is meant for one issuer: with another issuer comes another secret. Nobody becomes a user whom the directory made where somebody who decided who is believed at the provider could not give what that user holds; with `confirms` the caller answers for all of it.',
  access,
  sensitive: true,
  params: one,
  body: changesOf({
    ...common,
    saml: SamlAgreement,
    oidc: OidcAgreement,
    clientSecret,
    /** Whoever says so answers from now on for all that decides who is believed there, whoever put it there. */
    confirms: Type.Literal(true),
    ...changeFields,
  }),
  status: 200,
  response: IdentityProvider,
  errors: [...unfit, 'federation.other-protocol', 'history.changed-meanwhile'],
});

export const deleteIdentityProvider = endpoint({
  id: 'federation.deleteIdentityProvider',
  method: 'DELETE',
  path: `${base}/{providerId}`,
  summary: 'Let nobody sign in by this identity provider any more; its users stay',
  access,
  sensitive: true,
  params: one,
  ...removal,
  status: 204,
  errors: ['not-found'],
});

/** What metadata says of a provider. */
export const ProviderMetadata = closed({
  entityId: Uri,
  signInUrl: HttpsUrl,
  signOutUrl: nullable(HttpsUrl),
  certificates: Type.Array(Certificate, { minItems: 1, maxItems: 2 }),
});
export type ProviderMetadata = Static<typeof ProviderMetadata>;

export const readProviderMetadata = endpoint({
  id: 'federation.readProviderMetadata',
  method: 'POST',
  path: '/accounts/{accountId}/identity-provider-metadata',
  summary: 'What the metadata of a SAML identity provider says; nothing is stored, and nothing is fetched',
  access,
  params: closed(account),
  takesFile: true,
  status: 200,
  response: ProviderMetadata,
  errors: ['federation.metadata-unfit'],
});

export const readIssuer = endpoint({
  id: 'federation.readIssuer',
  method: 'POST',
  path: '/accounts/{accountId}/identity-provider-issuer',
  summary: 'What an OpenID Connect provider says of itself (Discovery 1.0); nothing is stored',
  description:
    'It is asked now, at the address that follows from the issuer, and no redirection is followed.',
  access,
  params: closed(account),
  body: closed({ issuer: Issuer }),
  status: 200,
  response: IssuerStatement,
  errors: ['federation.issuer-unfit'],
});

export const listFederatedUsers = endpoint({
  id: 'federation.listFederatedUsers',
  method: 'GET',
  path: `${base}/{providerId}/users`,
  summary: 'Who signs in by this identity provider',
  access,
  params: one,
  status: 200,
  response: listOf(FederatedUser),
  errors: ['not-found'],
});

export const linkUser = endpoint({
  id: 'federation.linkUser',
  method: 'PUT',
  path: `${base}/{providerId}/users/{userId}`,
  summary: 'Let a user of the account sign in by this identity provider',
  description:
    'Whoever has the name `subject` there becomes this user; without it, the first one whom the provider vouches for under the user’s address, where it stands by the address. Without a link nobody becomes somebody who is there already.',
  access,
  sensitive: true,
  params: closed({ ...account, providerId: Id, userId: Id }),
  body: closed({ subject: Type.Optional(Subject) }),
  bodyOptional: true,
  status: 204,
  errors: ['access.exceeds-own', 'names.taken', 'not-found'],
});

export const unlinkUser = endpoint({
  id: 'federation.unlinkUser',
  method: 'DELETE',
  path: `${base}/{providerId}/users/{userId}`,
  summary: 'Let a user sign in by this identity provider no more, and end the sessions that it began',
  access,
  sensitive: true,
  params: closed({ ...account, providerId: Id, userId: Id }),
  status: 204,
  errors: ['access.exceeds-own', 'not-found'],
});

export const findSignIn = endpoint({
  id: 'federation.findSignIn',
  method: 'POST',
  path: '/sign-in-address',
  summary: 'Where people with an address in this domain sign in',
  description: 'Looks at the domain alone: whether anybody has the address makes no difference.',
  access: 'anyone',
  body: closed({ email: Email }),
  status: 200,
  response: closed({
    signInUrl: nullable(Type.String()),
    /** Whether the account whose domain it is lets people sign in there alone. */
    only: Type.Boolean(),
  }),
  errors: ['request.origin', 'request.rate-limited'],
});
