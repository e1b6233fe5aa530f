import { operatorAuthorisations } from '../access/authorisations.ts';
import { Scope } from '../access/index.ts';
import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, listOf, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { Token } from '../signin/password.ts';
import { Session } from '../signin/session.ts';

/** How it stands with an access: see the migration for how one becomes another. */
export const operatorAccessStates = [
  'requested',
  'approved',
  'refused',
  'withdrawn',
  'lapsed',
  'ended',
] as const;
export type OperatorAccessState = (typeof operatorAccessStates)[number];

/** The shortest and the longest that an access can be, minutes; an account may allow less (`operators.longest-access-hours`). */
export const operatorAccessMinutes = { min: 5, max: 24 * 60 };

/** An operator’s access to the account, asked for or given (B4). */
export const OperatorAccess = closed({
  id: Id,
  operatorName: Type.String(),
  reason: Type.String(),
  authorisations: Type.Array(oneOf(...operatorAuthorisations)),
  scope: Scope,
  /** Asked for; from the approval on: given. */
  minutes: Type.Integer(),
  state: oneOf(...operatorAccessStates),
  requestedAt: Instant,
  /** When nobody can approve it any more. */
  lapsesAt: Instant,
  decidedAt: nullable(Instant),
  /** The user who approved or refused; the name is null when they have left. */
  decidedBy: nullable(closed({ id: Id, name: nullable(Type.String()) })),
  endsAt: nullable(Instant),
  endedAt: nullable(Instant),
  endedBy: nullable(oneOf('account', 'operator', 'time')),
  /** When the operator came in last; null when never. */
  enteredAt: nullable(Instant),
});
export type OperatorAccess = Static<typeof OperatorAccess>;

const account = { accountId: Id };
const one = closed({ ...account, accessId: Id });
const access = { holding: 'operators.admit' } as const;

export const listOperatorAccess = endpoint({
  id: 'operator-access.listOperatorAccess',
  method: 'GET',
  path: '/accounts/{accountId}/operator-access',
  summary: 'What operators asked for and were given, the newest first; a hundred at most',
  access,
  params: closed(account),
  status: 200,
  response: listOf(OperatorAccess),
});

export const listOperatorsPresent = endpoint({
  id: 'operator-access.listOperatorsPresent',
  method: 'GET',
  path: '/accounts/{accountId}/operators',
  summary: 'Which operators are signed in to the account now, and until when they may be',
  access: 'member',
  params: closed(account),
  status: 200,
  response: listOf(closed({ id: Id, name: Type.String(), endsAt: Instant })),
});

export const approveOperatorAccess = endpoint({
  id: 'operator-access.approveOperatorAccess',
  method: 'POST',
  path: '/accounts/{accountId}/operator-access/{accessId}/approval',
  summary: 'Let an operator in, from now on and for so long',
  description:
    'Not for longer than was asked for, nor than the account allows. Whoever approves has to be able to give as much to others themselves, and is not the operator.',
  access,
  notForKeys: true,
  sensitive: true,
  params: one,
  body: closed({
    minutes: Type.Integer({ minimum: operatorAccessMinutes.min, maximum: operatorAccessMinutes.max }),
  }),
  status: 200,
  response: OperatorAccess,
  errors: [
    'access.exceeds-own',
    'operator-access.not-open',
    'operator-access.own',
    'operator-access.too-long',
    'not-found',
  ],
});

export const refuseOperatorAccess = endpoint({
  id: 'operator-access.refuseOperatorAccess',
  method: 'POST',
  path: '/accounts/{accountId}/operator-access/{accessId}/refusal',
  summary: 'Refuse what an operator asks for',
  access,
  notForKeys: true,
  params: one,
  status: 200,
  response: OperatorAccess,
  errors: ['operator-access.not-open', 'not-found'],
});

export const endOperatorAccess = endpoint({
  id: 'operator-access.endOperatorAccess',
  method: 'POST',
  path: '/accounts/{accountId}/operator-access/{accessId}/end',
  summary: 'End an access now: sessions and sockets of the operator close at once',
  access,
  notForKeys: true,
  params: one,
  status: 200,
  response: OperatorAccess,
  errors: ['operator-access.not-open', 'not-found'],
});

export const leaveAccount = endpoint({
  id: 'operator-access.leaveAccount',
  method: 'DELETE',
  path: '/session/operator-access',
  summary: 'End the access under which an operator is signed in, before its time',
  access: 'signed-in',
  forOperators: true,
  status: 204,
  errors: ['not-found'],
});

export const enterAccount = endpoint({
  id: 'operator-access.enterAccount',
  method: 'POST',
  path: '/operator-access/entry',
  summary: 'Begin a session in the account, by the link that `samtal access open` makes',
  description:
    'The link is good once, within ten minutes, while the access lasts. The session reaches this one account and ends with the access.',
  access: 'anyone',
  body: closed({ token: Token }),
  status: 201,
  response: Session,
  errors: ['operator-access.link-invalid', 'request.origin', 'request.rate-limited'],
});
