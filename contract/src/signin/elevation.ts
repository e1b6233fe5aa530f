import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, oneOf } from '../shared/index.ts';
import { PasskeyOptions, Proof, waysFields } from './factors.ts';

export const getElevationWays = endpoint({
  id: 'signin.getElevationWays',
  method: 'GET',
  path: '/session/elevation',
  summary: 'By what the user can show that it is them',
  access: 'signed-in',
  status: 200,
  response: closed({
    ...waysFields,
    /** What the password will do for: nothing where there is something better, or an account of the user demands it. */
    password: oneOf('sensitive', 'own-sign-in', 'nothing'),
  }),
});

export const sendElevationCode = endpoint({
  id: 'signin.sendElevationCode',
  method: 'POST',
  path: '/session/elevation/code',
  summary: 'Send a code, by which the user then shows that it is them',
  access: 'signed-in',
  body: closed({ factorId: Id }),
  status: 204,
  errors: ['signin.code-not-sent', 'signin.too-many-codes', 'not-found'],
});

export const startElevationByPasskey = endpoint({
  id: 'signin.startElevationByPasskey',
  method: 'POST',
  path: '/session/elevation/passkey',
  summary: 'What to ask the browser for, so that the user shows by a passkey that it is them',
  access: 'signed-in',
  status: 200,
  response: closed({ options: PasskeyOptions }),
});

export const elevate = endpoint({
  id: 'signin.elevate',
  method: 'POST',
  path: '/session/elevation',
  summary: 'Show anew that it is you, so that this session can do sensitive work for an hour',
  description: 'The hour is counted from the proof and not from the last use. It is this session’s alone.',
  access: 'signed-in',
  body: Proof,
  status: 200,
  response: closed({ elevatedUntil: Instant }),
  errors: ['signin.proof-refused', 'request.rate-limited'],
});

export const endElevation = endpoint({
  id: 'signin.endElevation',
  method: 'DELETE',
  path: '/session/elevation',
  summary: 'Give the leave to do sensitive work back before its hour is over',
  access: 'signed-in',
  status: 204,
});
