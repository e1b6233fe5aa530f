import type { Access } from '@samtal/contract/endpoint';
import type { Authorisation, Scope } from '@samtal/contract/access';
import type { FastifyRequest } from 'fastify';

/** Somebody about whom nothing is known but where the request came from. */
export interface Anyone {
  /**
   * The peer’s address, or what a trusted proxy says it is. For counting attempts, and for the activity log to keep (G6);
   * never stored or logged anywhere else.
   */
  readonly address: string;
  /** The Origin header (RFC 6454); null where the browser sent none. */
  readonly origin: string | null;
}

/** A person with a session, in no particular account. */
export interface SignedIn extends Anyone {
  readonly userId: string;
  readonly sessionId: string;
}

/** One role somebody holds: what it allows and where. */
export interface HeldGrant {
  readonly authorisations: ReadonlySet<Authorisation>;
  readonly scope: Scope;
}

/** A person at work in one account. */
export interface Member extends SignedIn {
  readonly accountId: string;
  readonly name: string;
  readonly grants: readonly HeldGrant[];
}

/** A visitor of one site. */
export interface Visitor extends Anyone {
  readonly accountId: string;
  readonly visitorId: string;
  readonly siteId: string;
}

export type CallerOf<Needed extends Access> = Needed extends 'anyone'
  ? Anyone
  : Needed extends 'signed-in'
    ? SignedIn
    : Needed extends 'visitor'
      ? Visitor
      : Member;

/** What a call is about: sensitive things, or the person’s own signing in. */
export type NeededElevation = 'sensitive' | 'own-sign-in';

/** Who is calling: answered by the features that know, asked by the HTTP layer before any handler runs. */
export interface Gate {
  /** The person whose session the request carries. Refuses with `signin.required`. */
  signedIn(request: FastifyRequest): Promise<SignedIn>;
  /** Refuses with `request.csrf` or `request.origin` unless the request was made by our own page in that session. */
  checkForgery(request: FastifyRequest, caller: SignedIn): Promise<void>;
  /** What the person showed to have this session elevated (C3), while that counts for such a call; null when it does not. */
  elevation(caller: SignedIn, needed: NeededElevation): Promise<string | null>;
  /** The person as a member of the account, or null: then the account does not exist for them. */
  member(caller: SignedIn, accountId: string): Promise<Member | null>;
  /** The visitor whose session the request carries, on an origin that the site allows. */
  visitor(request: FastifyRequest, siteKey: string): Promise<Visitor>;
}
