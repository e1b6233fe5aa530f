import { endpoint } from '../endpoint/index.ts';
import { closed, Email, Id, Instant, oneOf, Type, type Static } from '../shared/index.ts';
import {
  begunErrors,
  BegunFactor,
  Confirmation,
  FactorKindOf,
  FactorProof,
  NewFactor,
  PasskeyOptions,
  waysFields,
} from './factors.ts';
import { GivenPassword, NewPassword } from './password.ts';
import { Session } from './session.ts';

/** The password was right, and something is still to be done before there is a session. */
export const SignInStep = closed({
  /**
   * `factor`: a second factor is shown. `renew`: the password has expired, and another one is chosen. `enrol`: a factor is added,
   * because an account demands it.
   */
  step: oneOf('factor', 'renew', 'enrol'),
  ...waysFields,
  /** What can be added, in the step `enrol`. */
  addable: Type.Array(FactorKindOf),
  /** Characters that a new password has to have. */
  passwordMinLength: Type.Integer(),
  expiresAt: Instant,
});
export type SignInStep = Static<typeof SignInStep>;

const SignInAnswer = Type.Union([Session, SignInStep]);

export const signIn = endpoint({
  id: 'signin.signIn',
  method: 'POST',
  path: '/session',
  summary: 'Sign in with e-mail address and password',
  description:
    'Starts a session in the cookie `__Host-samtal`. Where a second factor is needed there is none yet, but a step to be taken, on an attempt ' +
    'that lasts ten minutes in a cookie of its own. Unknown addresses, wrong passwords, locked and inactive users get the same answer, and take the same time.',
  access: 'anyone',
  body: closed({ email: Email, password: GivenPassword }),
  status: 201,
  response: SignInAnswer,
  errors: [
    'signin.refused',
    'signin.mobile-blocked',
    'signin.session-limit',
    'request.origin',
    'request.rate-limited',
  ],
});

export const getSignInStep = endpoint({
  id: 'signin.getSignInStep',
  method: 'GET',
  path: '/sign-in',
  summary: 'What is to be done next in the attempt of this browser',
  description:
    'An identity provider leads back to a page that asks this, where a second factor is still to be shown.',
  access: 'anyone',
  status: 200,
  response: SignInStep,
  errors: ['signin.attempt-over'],
});

export const startPasskeySignIn = endpoint({
  id: 'signin.startPasskeySignIn',
  method: 'POST',
  path: '/sign-in/passkey',
  summary: 'What to ask the browser for, so that somebody signs in by a passkey',
  description:
    'Within an attempt for its person’s passkeys; without one for any passkey of this installation, which then takes the place of address and password.',
  access: 'anyone',
  status: 200,
  response: closed({ options: PasskeyOptions }),
  errors: ['request.origin', 'request.rate-limited'],
});

export const sendSignInCode = endpoint({
  id: 'signin.sendSignInCode',
  method: 'POST',
  path: '/sign-in/code',
  summary: 'Send a code to the person whose attempt it is',
  access: 'anyone',
  body: closed({ factorId: Id }),
  status: 204,
  errors: [
    'signin.attempt-over',
    'signin.code-not-sent',
    'signin.too-many-codes',
    'not-found',
    'request.origin',
  ],
});

export const continueSignIn = endpoint({
  id: 'signin.continueSignIn',
  method: 'POST',
  path: '/sign-in/proof',
  summary: 'Show a second factor; begins the session, unless another step follows',
  access: 'anyone',
  body: FactorProof,
  status: 201,
  response: SignInAnswer,
  errors: [
    'signin.federated-only',
    'signin.attempt-over',
    'signin.proof-refused',
    'signin.mobile-blocked',
    'signin.session-limit',
    'request.origin',
    'request.rate-limited',
  ],
});

export const renewExpiredPassword = endpoint({
  id: 'signin.renewExpiredPassword',
  method: 'POST',
  path: '/sign-in/password',
  summary: 'Replace a password that has expired; begins the session, unless another step follows',
  description:
    'In the step `renew` of an attempt. Every other session of the user ends. Refuses the present password, and as many before it as an account says.',
  access: 'anyone',
  body: closed({ password: NewPassword }),
  status: 201,
  response: SignInAnswer,
  errors: [
    'signin.attempt-over',
    'signin.password-weak',
    'signin.password-used',
    'signin.mobile-blocked',
    'signin.session-limit',
    'request.origin',
    'request.rate-limited',
  ],
});

export const beginFirstFactor = endpoint({
  id: 'signin.beginFirstFactor',
  method: 'POST',
  path: '/sign-in/factors',
  summary: 'Begin to add what an account demands to sign in with',
  access: 'anyone',
  body: NewFactor,
  status: 201,
  response: BegunFactor,
  errors: ['signin.attempt-over', ...begunErrors, 'request.origin'],
});

export const confirmFirstFactor = endpoint({
  id: 'signin.confirmFirstFactor',
  method: 'POST',
  path: '/sign-in/factors/{factorId}/confirmation',
  summary: 'Show that what was begun works; begins the session',
  access: 'anyone',
  params: closed({ factorId: Id }),
  body: Confirmation,
  status: 201,
  response: closed({ session: Session, recoveryCodes: Type.Array(Type.String()) }),
  errors: [
    'signin.attempt-over',
    'signin.proof-refused',
    'signin.mobile-blocked',
    'signin.session-limit',
    'not-found',
    'request.origin',
    'request.rate-limited',
  ],
});
