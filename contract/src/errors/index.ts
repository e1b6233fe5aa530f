import { closed, Type, type Static } from '../shared/index.ts';

/**
 * Every refusal the API can give, with its HTTP status and its title (RFC 9457). The code is stable: clients
 * branch on it, catalogues translate it as `problem.<code>`, and it is never reused for something else.
 */
export const refusals = {
  'request.invalid': { status: 400, title: 'The request does not fit the endpoint.' },
  'request.malformed': {
    status: 400,
    title: 'The request body is not valid JSON in UTF-8, or has a name twice in an object.',
  },
  'request.too-large': { status: 413, title: 'The request body is too large.' },
  'request.media-type': {
    status: 415,
    title: 'The request body must be of the type that the endpoint takes.',
  },
  'request.rate-limited': { status: 429, title: 'Too many requests; wait and try again.' },
  'request.two-credentials': {
    status: 400,
    title: 'The request carries both a session and a key or token; send one of them.',
  },
  'request.csrf': { status: 403, title: 'The request does not carry a valid token of this session.' },
  'request.origin': { status: 403, title: 'Requests from this origin are not allowed.' },
  'signin.required': { status: 401, title: 'Sign in first.' },
  'signin.embedded': {
    status: 403,
    title: 'This is not done in a frame of another page; open the console in a window of its own.',
  },
  'signin.embedding-off': { status: 403, title: 'The account lets no page have the console in a frame.' },
  'signin.refused': { status: 401, title: 'The e-mail address or the password is wrong.' },
  'signin.password-weak': { status: 422, title: 'The password does not fit the password rules.' },
  'signin.password-used': { status: 422, title: 'The password has been used before.' },
  'signin.password-too-new': {
    status: 409,
    title: 'The password was changed too recently to be changed again.',
  },
  'signin.invitation-invalid': {
    status: 404,
    title: 'The invitation has been used, has expired or never existed.',
  },
  'signin.elevation-required': {
    status: 403,
    title: 'Confirm first that it is you; that then holds for an hour.',
  },
  'signin.proof-refused': {
    status: 403,
    title: 'The proof that it is you is wrong, has been used or has expired.',
  },
  'signin.mobile-blocked': {
    status: 403,
    title: 'An account of the user lets nobody sign in from a phone or a tablet.',
  },
  'signin.session-limit': {
    status: 409,
    title: 'The user is signed in elsewhere, and an account allows no more; sign out there first.',
  },
  'signin.network': { status: 403, title: 'The account cannot be worked in from this address.' },
  'signin.federated-only': {
    status: 403,
    title: 'An account of the person lets people in by its identity provider alone.',
  },
  'signin.not-own': {
    status: 403,
    title: 'Whoever signed in by an identity provider changes there how they sign in.',
  },
  'signin.attempt-over': {
    status: 401,
    title: 'The attempt to sign in has ended; begin again with the password.',
  },
  'signin.code-not-sent': {
    status: 409,
    title: 'The code could not be sent, or nothing is set up to send it.',
  },
  'signin.too-many-codes': { status: 429, title: 'Too many codes were sent; wait, or use another factor.' },
  'signin.factor-not-allowed': {
    status: 422,
    title: 'An account of the user does not let this kind of factor count.',
  },
  'signin.factor-needed': { status: 409, title: 'There is no factor yet to recover from the loss of.' },
  'signin.of-several-accounts': {
    status: 409,
    title: 'The user belongs to other accounts as well; only an operator can do this.',
  },
  'signin.renewal-invalid': { status: 404, title: 'The link has been used, has expired or never existed.' },
  'access.forbidden': { status: 403, title: 'This needs an authorisation that you do not hold.' },
  'access.not-for-keys': { status: 403, title: 'Only a person can do this; no key is let in.' },
  'access.exceeds-own': { status: 403, title: 'Nobody can give more than they hold themselves.' },
  'operator-access.not-open': {
    status: 409,
    title: 'This was decided, has lapsed or has ended already.',
  },
  'operator-access.own': { status: 403, title: 'Nobody lets themselves in.' },
  'operator-access.too-long': {
    status: 422,
    title: 'This is longer than was asked for, or than the account allows.',
  },
  'operator-access.nothing-left': {
    status: 422,
    title: 'Operators can be given nothing of what was asked for.',
  },
  'operator-access.not-for-operators': {
    status: 403,
    title: 'Operators do nothing sensitive in an account.',
  },
  'operator-access.link-invalid': {
    status: 404,
    title: 'The link has been used, has expired or never existed.',
  },
  'units.in-use': { status: 409, title: 'Something lies in this region or team, or a grant names it.' },
  'units.misplaced': {
    status: 409,
    title: 'A region lies in a region, a team in a region or a team, and nothing in itself.',
  },
  'units.too-deep': { status: 409, title: 'Regions and teams may lie in one another to a depth of 32.' },
  'access.purpose-required': {
    status: 409,
    title: 'What opens conversations of others is given for a purpose: say which.',
  },
  'access.role-cycle': { status: 409, title: 'A role cannot hold itself, however far down.' },
  'access.role-built-in': { status: 409, title: 'Built-in roles cannot be changed.' },
  'access.role-in-use': { status: 409, title: 'The role is still given to someone or held by a role.' },
  'access.last-administrator': { status: 409, title: 'An account keeps at least one active administrator.' },
  'idempotency.other-request': {
    status: 422,
    title: 'This Idempotency-Key was used for another request; choose a new one.',
  },
  'idempotency.in-progress': {
    status: 409,
    title: 'The same request is being worked on; ask again in a moment.',
  },
  'idempotency.answer-lost': {
    status: 409,
    title: 'The request was done before, once; what it was answered is not kept. Look how things stand.',
  },
  'api-keys.refused': {
    status: 401,
    title: 'The key or token is wrong, has ended or was revoked, or its owner has left.',
  },
  'api-keys.wrong-mode': {
    status: 401,
    title: 'The account takes the other kind of credential: keys themselves, or access tokens.',
  },
  'api-keys.network': { status: 403, title: 'Keys and tokens are not taken from this address.' },
  'api-keys.lifetime': {
    status: 422,
    title: 'A key ends in the future, and not later than the account lets keys live.',
  },
  'api-keys.overlap': { status: 422, title: 'The old secret ends before its key does, and not in the past.' },
  'api-keys.not-yours': { status: 403, title: 'Only the owner of a key gets a new secret for it.' },
  'api-keys.ended': { status: 409, title: 'The key has ended or was revoked; make a new one.' },
  'oauth.invalid-client': {
    status: 401,
    title: 'The client is unknown, or its secret is wrong or has ended.',
  },
  'oauth.unauthorized-client': { status: 400, title: 'The account takes keys themselves, and no tokens.' },
  'oauth.unsupported-grant-type': { status: 400, title: 'The only grant type is client_credentials.' },
  'oauth.invalid-scope': {
    status: 400,
    title: 'The scope names what there is not, or what the key does not hold.',
  },
  'not-found': { status: 404, title: 'There is no such thing here.' },
  'history.changed-meanwhile': {
    status: 409,
    title: 'Somebody else has changed this meanwhile; nothing was changed.',
  },
  'history.not-restorable': {
    status: 409,
    title:
      'The version is a removal, something that it needs is not there any more, or a rule in it is unfit.',
  },
  'settings.contradiction': {
    status: 409,
    title: 'Two settings contradict each other; nothing was changed. Both are named.',
  },
  'settings.federated-only-unready': {
    status: 409,
    title:
      'Signing in at a provider alone needs a provider in use with a verified domain, and a named user with a second factor who manages settings and providers.',
  },
  'settings.wrong-level': { status: 409, title: 'A setting cannot be set at this level.' },
  'users.already-member': { status: 409, title: 'A user with this address belongs to the account already.' },
  'users.already-accepted': { status: 409, title: 'The user has accepted the invitation already.' },
  'provisioning.filter': {
    status: 400,
    title: 'The filter compares otherwise than with eq and and, or what cannot be compared.',
  },
  'provisioning.path': { status: 400, title: 'An operation or its path is none that is understood.' },
  'provisioning.no-target': { status: 400, title: 'The path leads to nothing that is there.' },
  'provisioning.value': { status: 400, title: 'A value is missing, or does not fit its attribute.' },
  'provisioning.immutable': {
    status: 400,
    title: 'The address is what the user signs in with, and cannot be changed by the directory.',
  },
  'provisioning.domain': { status: 400, title: 'The address is in no verified domain of the account.' },
  'provisioning.taken': { status: 409, title: 'The account has something else of this name or address.' },
  'provisioning.kept': {
    status: 409,
    title:
      'The user is switched off by an administrator, or named to get in without the identity provider; an administrator removes the user, or takes the name off.',
  },
  'provisioning.changed-meanwhile': {
    status: 412,
    title: 'Somebody else has changed this meanwhile; nothing was changed.',
  },
  'routing.queue-in-use': { status: 409, title: 'A site or an open conversation still uses the queue.' },
  'audit.destination-refused': { status: 422, title: 'Nothing is sent to this address.' },
  'federation.metadata-unfit': {
    status: 422,
    title: 'This is not the metadata of a SAML identity provider, or it says too little.',
  },
  'federation.certificate-unfit': {
    status: 422,
    title: 'This is not a certificate with an RSA key of 2,048 bits or more.',
  },
  'federation.issuer-unfit': {
    status: 422,
    title: 'Nothing that can be reached says how to sign in by OpenID Connect under this issuer.',
  },
  'federation.secret-missing': {
    status: 422,
    title: 'The provider asks for a client secret, and there is none for this issuer.',
  },
  'federation.other-protocol': { status: 422, title: 'The identity provider speaks the other protocol.' },
  'names.taken': { status: 409, title: 'The name is taken.' },
  'accounts.not-suspended': { status: 409, title: 'An account is suspended before it is deleted.' },
  'retention.held': {
    status: 409,
    title: 'The conversation is under legal hold; nothing of it is erased.',
  },
  'retention.hold-past': { status: 409, title: 'A legal hold ends in the future, or when it is lifted.' },
  'conversations.closed': { status: 409, title: 'The conversation is resolved.' },
  'conversations.not-offered': { status: 409, title: 'The conversation is not offered to you any more.' },
  'conversations.not-yours': { status: 403, title: 'The conversation is with another agent.' },
  'conversations.transition': { status: 409, title: 'The conversation is not in a state that allows this.' },
  'conversations.nobody-there': {
    status: 409,
    title: 'Nobody who could take the conversation is available.',
  },
  'conversations.not-ended': { status: 409, title: 'The conversation has not ended yet.' },
  'conversations.rating-not-asked': {
    status: 409,
    title:
      'The visitor was not asked how the conversation went: no agent was in it, or the site does not ask.',
  },
  'conversations.rating-too-late': {
    status: 409,
    title: 'The conversation ended too long ago to be rated.',
  },
  'conversations.unknown-tag': { status: 409, title: 'The account has no such tag.' },
  'visitors.undeclared-attribute': {
    status: 422,
    title: 'The account has not declared such an attribute; nothing was stored.',
  },
  'visitors.attribute-not-indexed': {
    status: 422,
    title: 'The account has no attribute of this name to find conversations by.',
  },
  'tickets.refused': { status: 403, title: 'The ticket is not taken.' },
  'tickets.required': {
    status: 403,
    title: 'Conversations here need a ticket: the visitor signs in on the site first.',
  },
  'tickets.key-unfit': {
    status: 422,
    title: 'This is no public key on P-256 or Ed25519, as PEM, JWK or JWK set.',
  },
  'tickets.key-private': {
    status: 422,
    title: 'This is a private key. It was not stored; replace it, and give its public half.',
  },
  'tickets.key-known': { status: 409, title: 'The site has a key of this name already.' },
  'tickets.too-many-keys': { status: 409, title: 'The site has as many keys as it can; revoke one first.' },
  'statistics-export.too-many': {
    status: 409,
    title: 'The account has as many export accounts as it can; delete one first.',
  },
  'statistics-export.in-the-past': {
    status: 422,
    title: 'An export account expires in the future, or never.',
  },
  'statistics-export.key-unfit': {
    status: 422,
    title: 'This is no public key of SSH that is taken: Ed25519, ECDSA, or RSA of at least 3072 bits.',
  },
  'statistics-export.key-private': {
    status: 422,
    title: 'This is a private key. It was not stored; replace it, and give its public half.',
  },
  'statistics-export.key-known': { status: 409, title: 'The account has this key already.' },
  'statistics-export.too-many-keys': {
    status: 409,
    title: 'The export account has as many keys as it can, or too many were made within an hour.',
  },
  'statistics-export.key-not-pending': {
    status: 409,
    title: 'The key does not wait to be confirmed, or not any more.',
  },
  'statistics-export.fingerprint-wrong': {
    status: 422,
    title: 'The fingerprint is not that of the key; it has been counted.',
  },
  'statistics-export.fingerprint-seen': {
    status: 403,
    title: 'Whoever was shown the fingerprint here cannot confirm it for the customer.',
  },
  'statistics-export.same-person': {
    status: 403,
    title: 'Whoever submitted or made the key cannot do this; somebody else has to.',
  },
  'statistics-export.no-passphrase': {
    status: 404,
    title: 'There is no passphrase to read: it was read, has expired, or went another way.',
  },
  'statistics.period': {
    status: 422,
    title:
      'Ask for at most 31 days by hours and 366 by days, from a full hour to a full hour, and by days from midnight to midnight (UTC).',
  },
  'statistics.dimension': { status: 422, title: 'The figures of this subject are not told apart by that.' },
  'statistics.too-many': {
    status: 422,
    title:
      'That is more than 10,000 rows, or made of more figures than are put together at once; ask for a shorter period, or for less.',
  },
  'data-services.measure': { status: 422, title: 'The subject has no metric of that name.' },
  'data-services.period': {
    status: 422,
    title: 'There are figures of at most 31 days by hours and 366 by days, and by days only of whole days.',
  },
  'data-services.too-many': {
    status: 409,
    title: 'The account has as many data services as it can; delete one first.',
  },
  'data-services.disabled': { status: 409, title: 'The data service is switched off.' },
  'data-services.parameter': {
    status: 422,
    title: 'The data service needs a parameter that is missing, or takes none of that name.',
  },
  'data-services.too-long': { status: 422, title: 'The data service answers for a shorter period only.' },
  'search.off': { status: 409, title: 'The account does not let transcripts be searched.' },
  'mail.not-set-up': { status: 409, title: 'No mail server is set up here, so that no mail is sent.' },
  'mail.not-listed': { status: 422, title: 'The account lets no mail leave to this address.' },
  'mail.blocked': { status: 422, title: 'No mail goes to this address: nobody reads it there.' },
  'mail.too-many': { status: 429, title: 'The conversation has been forwarded too often.' },
  'media.not-allowed': { status: 403, title: 'Files may not be sent here.' },
  'media.type-not-allowed': { status: 422, title: 'Files of this type may not be sent here.' },
  'media.empty': { status: 422, title: 'The file is empty.' },
  'media.too-large': { status: 413, title: 'The file is larger than may be sent here.' },
  'media.content-mismatch': {
    status: 422,
    title: 'The content of the file is not what its name says, or it is damaged.',
  },
  'media.content-unsafe': {
    status: 422,
    title: 'The file holds what may not be sent, such as macros, passwords or far too much when unpacked.',
  },
  'media.image-too-large': { status: 422, title: 'The picture has too many pixels.' },
  'media.infected': { status: 422, title: 'The virus scanner refused the file.' },
  'media.scanner-unavailable': {
    status: 503,
    title: 'Files cannot be checked for viruses right now, and none is taken unchecked.',
  },
  'media.too-many': { status: 429, title: 'Too many files were sent; wait, or begin a new conversation.' },
  'media.access-enforced': { status: 409, title: 'Files open only for whoever is signed in.' },
  'visitors.session-ended': { status: 401, title: 'The visitor session has ended.' },
  internal: { status: 500, title: 'Something went wrong on our side.' },
  unavailable: { status: 503, title: 'The service cannot answer at the moment; try again shortly.' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof refusals;

/** Problem details (RFC 9457). `code` says which refusal; `fields` says which inputs, by JSON pointer, never with their values. */
export const Problem = closed({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  instance: Type.Optional(Type.String({ description: 'The request id, to find the request in the logs.' })),
  fields: Type.Optional(Type.Array(closed({ pointer: Type.String(), problem: Type.String() }))),
});
export type Problem = Static<typeof Problem>;
