import { endpoint } from '../endpoint/index.ts';
import { closed, Email, Instant, Name, Type } from '../shared/index.ts';
import { Session } from './session.ts';
import { GivenPassword, NewPassword, passwordLength, Token } from './password.ts';

export * from './demands.ts';
export * from './elevation.ts';
export * from './sessions.ts';
export * from './factors.ts';
export * from './renewal.ts';
export * from './session.ts';
export * from './sign-in.ts';
export { passwordLength };

/**
 * The header of a request that a page made by itself, while nobody was at it. It has the value `1`, and does not put off the
 * idle end of the session (C6). A request without it does.
 */
export const unattendedHeader = 'samtal-unattended';

/**
 * The header of a request from the console in a frame of another page (C10). Its value is the id of the account in whose name it is there:
 * cookies of frames are looked at, and no others.
 */
export const embeddedHeader = 'samtal-embedded';

export const getSession = endpoint({
  id: 'signin.getSession',
  method: 'GET',
  path: '/session',
  summary: 'Who is signed in',
  access: 'signed-in',
  forOperators: true,
  status: 200,
  response: Session,
});

export const signOut = endpoint({
  id: 'signin.signOut',
  method: 'DELETE',
  path: '/session',
  summary: 'Sign out',
  forOperators: true,
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
  errors: [
    'signin.refused',
    'signin.password-weak',
    'signin.password-used',
    'signin.password-too-new',
    'request.rate-limited',
  ],
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
    'signin.federated-only',
    'signin.invitation-invalid',
    'signin.password-weak',
    'signin.password-used',
    'signin.refused',
    'request.origin',
    'request.rate-limited',
  ],
});
