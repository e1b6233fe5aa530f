import { authorisationNames } from '../access/authorisations.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Email, Id, Instant, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { GivenPassword, passwordLength } from './password.ts';

export * from './elevation.ts';
export * from './sessions.ts';
export { passwordLength };

const NewPassword = Type.String({ minLength: passwordLength.min, maxLength: passwordLength.max });
const Token = Type.String({ minLength: 20, maxLength: 200, pattern: '^[A-Za-z0-9_-]+$' });

/**
 * The header of a request that a page made by itself, while nobody was at it. It has the value `1`, and does not put off the
 * idle end of the session (C6). A request without it does.
 */
export const unattendedHeader = 'samtal-unattended';

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
});
export type Session = Static<typeof Session>;

export const signIn = endpoint({
  id: 'signin.signIn',
  method: 'POST',
  path: '/session',
  summary: 'Sign in with e-mail address and password',
  description:
    'Starts a session in the cookie `__Host-samtal`. Unknown addresses, wrong passwords, locked and inactive users get the same answer, and take the same time.',
  access: 'anyone',
  body: closed({ email: Email, password: GivenPassword }),
  status: 201,
  response: Session,
  errors: [
    'signin.refused',
    'signin.mobile-blocked',
    'signin.session-limit',
    'request.origin',
    'request.rate-limited',
  ],
});

export const getSession = endpoint({
  id: 'signin.getSession',
  method: 'GET',
  path: '/session',
  summary: 'Who is signed in',
  access: 'signed-in',
  status: 200,
  response: Session,
});

export const signOut = endpoint({
  id: 'signin.signOut',
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  access: 'signed-in',
  status: 204,
});

export const changePassword = endpoint({
  id: 'signin.changePassword',
  method: 'PUT',
  path: '/session/password',
  summary: 'Change the own password; every other session of the user ends',
  access: 'signed-in',
  body: closed({ current: GivenPassword, next: NewPassword }),
  status: 204,
  errors: ['signin.refused', 'signin.password-weak', 'request.rate-limited'],
});

export const readInvitation = endpoint({
  id: 'signin.readInvitation',
  method: 'POST',
  path: '/invitation',
  summary: 'What an invitation is for',
  access: 'anyone',
  body: closed({ token: Token }),
  status: 200,
  response: closed({
    accountName: Type.String(),
    email: Email,
    name: Type.String(),
    /** Of this account: what others of the person ask for is told to nobody who holds the link. */
    passwordMinLength: Type.Integer(),
    expiresAt: Instant,
  }),
  errors: ['signin.invitation-invalid', 'request.origin', 'request.rate-limited'],
});

export const acceptInvitation = endpoint({
  id: 'signin.acceptInvitation',
  method: 'POST',
  path: '/invitation/acceptance',
  summary: 'Accept an invitation and choose a password',
  description:
    'A person who has a password already gives that one, and nothing about the person changes but the new membership.',
  access: 'anyone',
  body: closed({ token: Token, name: Name, password: NewPassword }),
  status: 204,
  errors: [
    'signin.invitation-invalid',
    'signin.password-weak',
    'signin.refused',
    'request.origin',
    'request.rate-limited',
  ],
});
