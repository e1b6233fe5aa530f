import { authorisationNames } from '../access/authorisations.ts';
import { closed, Email, Id, Instant, nullable, oneOf, Type, type Static } from '../shared/index.ts';

/** Who is signed in, and what the console needs to draw itself. */
export const Session = closed({
  user: closed({ id: Id, email: Email, name: Type.String() }),
  accounts: Type.Array(
    closed({
      id: Id,
      name: Type.String(),
      /** Everything the user’s roles allow in this account, whatever the scope. */
      authorisations: Type.Array(oneOf(...authorisationNames)),
    }),
  ),
  /** Sent back in the `x-csrf-token` header of every request that changes something (C7). */
  csrfToken: Type.String(),
  /** How long a new password has to be: the strictest of all accounts holds. */
  passwordMinLength: Type.Integer(),
  /** When the session ends if nothing is done before. */
  idleUntil: Instant,
  expiresAt: Instant,
  /** Until when sensitive work may be done in this session (C3); null where its user has to be asked first. */
  elevatedUntil: nullable(Instant),
  /** The identity provider that began the session, where one did: it is elevated there, too (C4). */
  providerId: nullable(Id),
  /** Of an operator whom the account has let in for a time (B4): until when. */
  operator: nullable(closed({ endsAt: Instant })),
});
export type Session = Static<typeof Session>;
