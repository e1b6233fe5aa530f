import type { Endpoint } from '@samtal/contract/endpoint';
import type { Authorisation, Scope } from '@samtal/contract/access';
import type { FastifyRequest } from 'fastify';
import type { Pace } from './pace.ts';

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
  /** Whether a second factor was shown in this session (C2). */
  readonly hasSecondFactor: boolean;
  /** The one account that this session reaches, when that account’s identity provider began it (C4). */
  readonly onlyAccountId?: string | null;
  /** Whether the session was begun in a frame of another page (C10): nothing sensitive is done there. */
  readonly isEmbedded?: boolean;
  /** Whether it is an operator whom an account has let in (B4). */
  readonly isOperator?: boolean;
  /** False where their page asks by itself, with nobody at it. */
  readonly isAttended?: boolean;
}

/** One role somebody holds: what it allows and where. */
export interface HeldGrant {
  readonly authorisations: ReadonlySet<Authorisation>;
  readonly scope: Scope;
  /** The role, where it matters what is given to that by name. */
  readonly roleId?: string;
}

/** Who works in an account: a user, a program with a key (C8), or an operator (B4). What they do is recorded under this. */
export interface MemberActor {
  readonly kind: 'user' | 'api-key' | 'operator';
  readonly id: string;
}

/** Somebody at work in one account: a person with a session, or a program with a key. */
export interface Member extends Anyone {
  readonly accountId: string;
  /** The user’s id; of a key the key’s own, so that nothing of its owner’s own is the key’s. */
  readonly userId: string;
  readonly actor: MemberActor;
  /** Who answers for it: the user, or the owner of the key. */
  readonly personId: string;
  /** Null where a key calls. */
  readonly sessionId: string | null;
  readonly name: string;
  readonly grants: readonly HeldGrant[];
}

/** A person at work in one account. */
export interface SignedInMember extends Member {
  readonly sessionId: string;
  readonly hasSecondFactor: boolean;
  /** Of an operator: when nothing is possible any more. */
  readonly endsAt?: Date;
}

/** A visitor of one site. */
export interface Visitor extends Anyone {
  readonly accountId: string;
  readonly visitorId: string;
  readonly siteId: string;
}

export type CallerOf<Served extends Pick<Endpoint, 'access' | 'notForKeys'>> =
  Served['access'] extends 'anyone'
    ? Anyone
    : Served['access'] extends 'signed-in'
      ? SignedIn
      : Served['access'] extends 'visitor'
        ? Visitor
        : Served['notForKeys'] extends true
          ? SignedInMember
          : Member;

/** What a call is about: sensitive things, or the person’s own signing in. */
export type NeededElevation = 'sensitive' | 'own-sign-in';

/** A request that is to be done once, however often it comes (C8). */
export interface OnceRequest {
  readonly accountId: string;
  readonly callerId: string;
  /** What the client calls it. */
  readonly key: string;
  /** Everything that makes it this request and no other. */
  readonly request: string;
  /** Whether its answer may be kept, to be given again. */
  readonly keepsAnswer: boolean;
}

/** Who is calling: answered by the features that know, asked by the HTTP layer before any handler runs. */
export interface Gate {
  /** The person whose session the request carries. Refuses with `signin.required`. */
  signedIn(request: FastifyRequest): Promise<SignedIn>;
  /** Refuses with `request.csrf` or `request.origin` unless the request was made by our own page in that session. */
  checkForgery(request: FastifyRequest, caller: SignedIn): Promise<void>;
  /** What the person showed to have this session elevated (C3), while that counts for such a call; null when it does not. */
  elevation(caller: SignedIn, needed: NeededElevation): Promise<string | null>;
  /** Whether the request carries a session, whoever’s it is. */
  carriesSession(request: FastifyRequest): boolean;
  /**
   * The program whose key or token this is, as a member of the account. Refuses with `api-keys.*`, and with `not-found` where
   * it is another account’s. Counts the request; there is no member where it is beyond the limit.
   */
  program(
    request: FastifyRequest,
    bearer: string,
    accountId: string,
  ): Promise<{ member: Member; pace: Pace } | { member: null; pace: Pace }>;
  /**
   * Does the work of a request once, and gives the same answer to the same request again. Refuses with `idempotency.*`.
   */
  once(request: OnceRequest, work: () => Promise<unknown>): Promise<{ body: unknown; replayed: boolean }>;
  /** Counts a request of a person, and says how it stands with them. */
  pace(caller: SignedIn): Promise<Pace>;
  /** The person as a member of the account, or null: then the account does not exist for them. */
  member(caller: SignedIn, accountId: string): Promise<SignedInMember | null>;
  /** The visitor whose session the request carries, on an origin that the site allows; the session may have ended so many minutes ago. */
  visitor(request: FastifyRequest, siteKey: string, minutesAfterSession: number): Promise<Visitor>;
}
