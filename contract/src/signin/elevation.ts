import { endpoint } from '../endpoint/index.ts';
import { closed, Instant, oneOf, type Static } from '../shared/index.ts';
import { GivenPassword } from './password.ts';

/** By what somebody shows that it is them. */
export const Proof = closed({ kind: oneOf('password'), password: GivenPassword });
export type Proof = Static<typeof Proof>;

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
