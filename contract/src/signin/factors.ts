import { endpoint } from '../endpoint/index.ts';
import { closed, Id, Instant, listOf, Name, nullable, oneOf, Type, type Static } from '../shared/index.ts';
import { GivenPassword } from './password.ts';

/** What a person can sign in with besides the password, the strongest first (C2). */
export const factorKinds = ['passkey', 'totp', 'sms', 'email'] as const;
export type FactorKind = (typeof factorKinds)[number];
export const FactorKindOf = oneOf(...factorKinds);

/** Those that an account may refuse. Passkeys cannot be phished, and count everywhere. */
export const optionalFactorKinds = ['totp', 'sms', 'email'] as const;

/** What a browser says of a passkey (WebAuthn, section 5): judged by the library that speaks it. */
export const PasskeyAnswer = Type.Record(Type.String(), Type.Unknown());
/** What a browser is to be asked for: `PublicKeyCredentialCreationOptionsJSON` or `…RequestOptionsJSON`. */
export const PasskeyOptions = Type.Record(Type.String(), Type.Unknown());

const code = Type.String({ pattern: '^[0-9]{6}$' });
const RecoveryCode = Type.String({ minLength: 10, maxLength: 30, pattern: '^[A-Za-z0-9 -]+$' });

const byPasskey = closed({ kind: oneOf('passkey'), answer: PasskeyAnswer });
const byCode = closed({ kind: oneOf('totp', 'sms', 'email'), code });
const byRecoveryCode = closed({ kind: oneOf('recovery'), code: RecoveryCode });
const byPassword = closed({ kind: oneOf('password'), password: GivenPassword });

/** By what somebody shows that it is them, besides the password. */
export const FactorProof = Type.Union([byPasskey, byCode, byRecoveryCode]);
export type FactorProof = Static<typeof FactorProof>;

export const Proof = Type.Union([byPassword, byPasskey, byCode, byRecoveryCode]);
export type Proof = Static<typeof Proof>;

/** One thing that a person can sign in with. */
export const Factor = closed({
  id: Id,
  kind: FactorKindOf,
  /** As its owner calls it. */
  name: Type.String(),
  /** The last digits of a number; null where there is nothing to tell. */
  ending: nullable(Type.String()),
  createdAt: Instant,
  lastUsedAt: nullable(Instant),
  /** Whether every account of the person lets it count. */
  allowed: Type.Boolean(),
});
export type Factor = Static<typeof Factor>;

/** What the person can be asked for. */
export const waysFields = {
  factors: Type.Array(
    closed({ id: Id, kind: FactorKindOf, name: Type.String(), ending: nullable(Type.String()) }),
  ),
  /** Whether a recovery code is left. */
  recovery: Type.Boolean(),
};
export const Ways = closed(waysFields);
export type Ways = Static<typeof Ways>;

/** A mobile number (E.164). */
export const MobileNumber = Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' });

export const NewFactor = Type.Union([
  closed({ kind: oneOf('passkey', 'totp', 'email'), name: Name }),
  closed({ kind: oneOf('sms'), name: Name, number: MobileNumber }),
]);
export type NewFactor = Static<typeof NewFactor>;

/** A factor that counts once it has been shown to work. By kind: a secret for the app, a question for the browser, or a code on its way. */
export const BegunFactor = closed({
  id: Id,
  kind: FactorKindOf,
  totp: nullable(closed({ secret: Type.String(), uri: Type.String() })),
  passkey: nullable(PasskeyOptions),
});
export type BegunFactor = Static<typeof BegunFactor>;

export const Confirmation = Type.Union([closed({ answer: PasskeyAnswer }), closed({ code })]);
export type Confirmation = Static<typeof Confirmation>;

/** Shown this once; empty where the person has some already. */
const RecoveryCodes = Type.Array(Type.String());

export const begunErrors = [
  'signin.factor-not-allowed',
  'signin.code-not-sent',
  'signin.too-many-codes',
] as const;

export const listFactors = endpoint({
  id: 'signin.listFactors',
  method: 'GET',
  path: '/session/factors',
  summary: 'What the user signs in with besides the password',
  access: 'signed-in',
  status: 200,
  response: closed({
    items: Type.Array(Factor),
    recoveryCodesLeft: Type.Integer(),
    /** What can be added. */
    addable: Type.Array(FactorKindOf),
    /** Whether an account of the user demands a second factor. */
    required: Type.Boolean(),
  }),
});

export const beginFactor = endpoint({
  id: 'signin.beginFactor',
  method: 'POST',
  path: '/session/factors',
  summary: 'Begin to add something to sign in with',
  access: 'signed-in',
  sensitive: 'own-sign-in',
  body: NewFactor,
  status: 201,
  response: BegunFactor,
  errors: [...begunErrors],
});

export const confirmFactor = endpoint({
  id: 'signin.confirmFactor',
  method: 'POST',
  path: '/session/factors/{factorId}/confirmation',
  summary: 'Show that what was begun works; from then on it counts, and every other session of the user ends',
  access: 'signed-in',
  sensitive: 'own-sign-in',
  params: closed({ factorId: Id }),
  body: Confirmation,
  status: 200,
  response: closed({ recoveryCodes: RecoveryCodes }),
  errors: ['signin.proof-refused', 'not-found', 'request.rate-limited'],
});

export const renameFactor = endpoint({
  id: 'signin.renameFactor',
  method: 'PATCH',
  path: '/session/factors/{factorId}',
  summary: 'Call a factor something else',
  access: 'signed-in',
  params: closed({ factorId: Id }),
  body: closed({ name: Name }),
  status: 204,
  errors: ['not-found'],
});

export const removeFactor = endpoint({
  id: 'signin.removeFactor',
  method: 'DELETE',
  path: '/session/factors/{factorId}',
  summary: 'Remove something to sign in with; every other session of the user ends',
  access: 'signed-in',
  sensitive: 'own-sign-in',
  params: closed({ factorId: Id }),
  status: 204,
  errors: ['not-found'],
});

export const renewRecoveryCodes = endpoint({
  id: 'signin.renewRecoveryCodes',
  method: 'POST',
  path: '/session/recovery-codes',
  summary: 'Ten new recovery codes; those from before work no more',
  access: 'signed-in',
  sensitive: 'own-sign-in',
  status: 200,
  response: closed({ recoveryCodes: RecoveryCodes }),
  errors: ['signin.factor-needed'],
});

export const listFactorsOf = endpoint({
  id: 'signin.listFactorsOf',
  method: 'GET',
  path: '/accounts/{accountId}/users/{userId}/factors',
  summary: 'With what kinds of factors a user signs in',
  access: { holding: 'users.manage' },
  params: closed({ accountId: Id, userId: Id }),
  status: 200,
  response: listOf(closed({ kind: FactorKindOf, lastUsedAt: nullable(Instant) })),
  errors: ['not-found'],
});

export const resetFactors = endpoint({
  id: 'signin.resetFactors',
  method: 'DELETE',
  path: '/accounts/{accountId}/users/{userId}/factors',
  summary: 'Take away everything that a user signs in with besides the password, and end their sessions',
  description:
    'For somebody who has lost it all. Nobody does so to a user who holds more than they do, nor to one who belongs to other accounts as well: that is for an operator.',
  access: { holding: 'users.manage' },
  sensitive: true,
  params: closed({ accountId: Id, userId: Id }),
  status: 204,
  errors: ['access.exceeds-own', 'signin.of-several-accounts', 'not-found'],
});
