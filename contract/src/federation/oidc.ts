import { closed, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** Loopback is for trying out, where the operator lets the server go there (`SAMTAL_OUTBOUND_NETWORKS`). */
export const Issuer = Type.String({
  maxLength: 1024,
  pattern: String.raw`^(https://[A-Za-z0-9.:\[\]-]+|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?)(/[!-"$->@-~]*)?$`,
});
/** RFC 6749, 3.3. */
const ScopeToken = Type.String({ minLength: 1, maxLength: 100, pattern: '^[!#-\\[\\]-~]+$' });
const ClaimName = Type.String({ minLength: 1, maxLength: 255 });

/** What a provider gave for us to prove who we are. It is kept sealed and never answered again. */
export const ClientSecret = Type.String({ minLength: 1, maxLength: 1024, pattern: '^[ -~]+$' });

/** What is agreed with a provider that speaks OpenID Connect (Core 1.0, Discovery 1.0). */
export const OidcAgreement = closed({
  /** What the provider calls itself. Where it does what is read at `/.well-known/openid-configuration` below. */
  issuer: Issuer,
  clientId: Type.String({ minLength: 1, maxLength: 255, pattern: '^[ -~]+$' }),
  /**
   * How we prove who we are: by the secret that the provider gave (client_secret_basic, or client_secret_post where that is
   * all it takes), or by our own key (private_key_jwt), of which `own.keysUrl` says the public half.
   */
  authenticates: oneOf('secret', 'key'),
  /** Asked for besides `openid`. */
  scopes: Type.Array(ScopeToken, { uniqueItems: true, maxItems: 20 }),
  /** The claim by which a person is known, the same for ever and never given to another; null for `sub`. */
  subjectClaim: nullable(ClaimName),
  /** Whether the provider has to say that the address is verified. One that it says is not verified never counts. */
  requiresVerifiedEmail: Type.Boolean(),
  /** Whether signing out here leads to the provider, to sign out there, too (RP-Initiated Logout 1.0), where it offers that. */
  signsOutThere: Type.Boolean(),
});
export type OidcAgreement = Static<typeof OidcAgreement>;

/** What a provider that speaks OpenID Connect has to be told about us. */
export const OidcOwnSide = closed({
  /** The redirect URI. */
  answerUrl: Type.String(),
  signInUrl: Type.String(),
  /** Our public keys (JWK Set, RFC 7517). */
  keysUrl: Type.String(),
  /** Where it may say that a sign-in is over (Back-Channel Logout 1.0). */
  logoutUrl: Type.String(),
  /** Where it sends people whom it has signed out. */
  signedOutUrl: Type.String(),
});

/** What a provider says of itself, as far as it matters for an agreement. */
export const IssuerStatement = closed({
  issuer: Type.String(),
  /** Where browsers will be sent. */
  signInUrl: Type.String(),
  /** How we may prove who we are. */
  authenticates: Type.Array(oneOf('secret', 'key')),
  /** Null: it does not say. */
  scopes: nullable(Type.Array(Type.String())),
  /** Whether it can be told that somebody has signed out here. */
  signsOut: Type.Boolean(),
});
export type IssuerStatement = Static<typeof IssuerStatement>;
