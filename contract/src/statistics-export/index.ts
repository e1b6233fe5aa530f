import { endpoint } from '../endpoint/index.ts';
import { changeFields, makingFields, NewestVersion, removal } from '../history/change.ts';
import {
  changesOf,
  closed,
  Id,
  Instant,
  listOf,
  Network,
  nullable,
  oneOf,
  Type,
  type Static,
} from '../shared/index.ts';

export const exportLimits = {
  accounts: 50,
  /** Of one export account, pending or taken. */
  keys: 10,
  networks: 50,
  /** The longest that a key goes on beside the one that replaces it. */
  overlapHours: 30 * 24,
  /** A key whose fingerprint nobody has confirmed until then is not taken any more. */
  pendingDays: 14,
  /** After so many wrong fingerprints a key is refused for good. */
  wrongFingerprints: 5,
  /** How long a passphrase waits for whoever is to read it. */
  passphraseHours: 24,
  /** Pairs that are made here within an hour, of one account: each may send a text message. */
  generatedPerHour: 10,
} as const;

/** By which keys an export account signs in (RFC 8709, RFC 5656, RFC 8332). */
export const exportKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;
export type ExportKeyType = (typeof exportKeyTypes)[number];

/**
 * How a key stands:
 *
 *   pending → active → ending → ended      by its fingerprint; replaced, with an overlap; its time over
 *   pending → refused | lapsed             after wrong fingerprints, or too long
 *   any of those → revoked                 by a person
 */
export const exportKeyStates = [
  'pending',
  'active',
  'ending',
  'ended',
  'refused',
  'lapsed',
  'revoked',
] as const;
export type ExportKeyState = (typeof exportKeyStates)[number];

/** Both ways in which a key is told by its fingerprint: `SHA256:…` as OpenSSH shows it, and the older `MD5:xx:xx…`. */
export const Fingerprints = closed({ sha256: Type.String(), md5: Type.String() });
export type Fingerprints = Static<typeof Fingerprints>;

const person = nullable(closed({ id: Id, name: nullable(Type.String()) }));

export const ExportKey = closed({
  id: Id,
  /** Brought by the customer, or made here as a pair whose private half was handed over. */
  kind: oneOf('supplied', 'generated'),
  state: oneOf(...exportKeyStates),
  type: oneOf(...exportKeyTypes),
  bits: Type.Integer(),
  /** Null while it is pending: whoever types what the customer has told must not be able to copy it from here. */
  fingerprints: nullable(Fingerprints),
  submittedBy: person,
  submittedAt: Instant,
  /** Whether the caller submitted it, and so cannot be the second person who confirms it. */
  mine: Type.Boolean(),
  /** Whether the caller was shown its fingerprint, and so cannot confirm it for the customer. */
  seen: Type.Boolean(),
  wrongFingerprints: Type.Integer(),
  confirmedBy: person,
  confirmedAs: nullable(oneOf('second-person', 'customer')),
  confirmedAt: nullable(Instant),
  /** The key whose place it takes, once it is active. */
  replaces: nullable(Id),
  /** When it is taken no more; null while nothing replaces it. */
  endsAt: nullable(Instant),
  lastUsedAt: nullable(Instant),
  /** Of a generated pair: until when somebody else can read the passphrase, once; null when there is nothing to read. */
  passphraseUntil: nullable(Instant),
});
export type ExportKey = Static<typeof ExportKey>;

export const exportAccountStates = ['active', 'no-key', 'expired', 'disabled'] as const;
export type ExportAccountState = (typeof exportAccountStates)[number];

/** The name that people give: letters, digits and hyphens, as user names of systems are. */
const ExportName = Type.String({ minLength: 2, maxLength: 24, pattern: '^[a-z][a-z0-9-]*[a-z0-9]$' });
const purpose = Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' });
const networks = Type.Array(Network, { maxItems: exportLimits.networks, uniqueItems: true });
const expiresAt = nullable(Instant);

/** Somebody, or rather some program, that fetches the account’s statistics by SFTP (I3). */
export const ExportAccount = closed({
  id: Id,
  name: Type.String(),
  /** What it signs in as: its name and random letters, so that no name says anything about other accounts. */
  userName: Type.String(),
  purpose: Type.String(),
  /** Where it may come from; empty: from anywhere. */
  networks: Type.Array(Type.String()),
  expiresAt,
  disabled: Type.Boolean(),
  state: oneOf(...exportAccountStates),
  createdAt: Instant,
  lastUsedAt: nullable(Instant),
  /** Those that are pending or taken, the newest first, and those that ended within the last month. */
  keys: Type.Array(ExportKey),
  version: NewestVersion,
});
export type ExportAccount = Static<typeof ExportAccount>;

/** What versions keep of an export account (H1). */
export const ExportAccountConfiguration = closed({
  name: Type.String(),
  userName: Type.String(),
  purpose: Type.String(),
  networks: Type.Array(Type.String()),
  expiresAt,
  disabled: Type.Boolean(),
});

/** What versions keep of a key (H1). None of it is restored: a key that was revoked stays so. */
export const ExportKeyConfiguration = closed({
  name: Type.String(),
  exportAccountId: Id,
  type: oneOf(...exportKeyTypes),
  kind: oneOf('supplied', 'generated'),
  state: oneOf('pending', 'active', 'refused'),
  endsAt: nullable(Instant),
});

/** How the SFTP server is reached, and what it proves itself by. */
export const ExportServer = closed({
  host: Type.String(),
  /** Null where no SFTP server runs. */
  port: nullable(Type.Integer()),
  hostKey: nullable(
    closed({
      type: Type.Literal('ssh-ed25519'),
      /** As a line of `known_hosts` goes on after the name: type and key in base64. */
      publicKey: Type.String(),
      fingerprints: Fingerprints,
    }),
  ),
});
export type ExportServer = Static<typeof ExportServer>;

const account = { accountId: Id };
const base = '/accounts/{accountId}/export-accounts';
const one = closed({ ...account, exportAccountId: Id });
const oneKey = closed({ ...account, exportAccountId: Id, keyId: Id });
const access = { holding: 'statistics.export' } as const;
/** The key whose place the new one takes, and how long it goes on from the moment when the new one is active. */
const replaces = Type.Optional(
  closed({ keyId: Id, overlapHours: Type.Integer({ minimum: 0, maximum: exportLimits.overlapHours }) }),
);

export const getExportServer = endpoint({
  id: 'statistics-export.getExportServer',
  method: 'GET',
  path: '/accounts/{accountId}/export-server',
  summary: 'Where statistics are fetched by SFTP, and the fingerprint of its host key',
  access,
  params: closed(account),
  status: 200,
  response: ExportServer,
});

export const listExportAccounts = endpoint({
  id: 'statistics-export.listExportAccounts',
  method: 'GET',
  path: base,
  summary: 'The export accounts with their keys, by name',
  access,
  params: closed(account),
  status: 200,
  response: listOf(ExportAccount),
});

export const createExportAccount = endpoint({
  id: 'statistics-export.createExportAccount',
  method: 'POST',
  path: base,
  summary: 'Make an export account; it can do nothing until it has a key',
  description:
    'It reads the statistics of the whole account, so whoever makes one holds `statistics.view` without a scope.',
  access,
  sensitive: true,
  params: closed(account),
  body: closed({
    name: ExportName,
    purpose,
    networks: Type.Optional(networks),
    expiresAt: Type.Optional(expiresAt),
    ...makingFields,
  }),
  status: 201,
  response: ExportAccount,
  errors: [
    'access.exceeds-own',
    'names.taken',
    'statistics-export.in-the-past',
    'statistics-export.too-many',
  ],
});

export const changeExportAccount = endpoint({
  id: 'statistics-export.changeExportAccount',
  method: 'PATCH',
  path: `${base}/{exportAccountId}`,
  summary: 'Change an export account; what is not allowed any more ends at once',
  description:
    'Who may come from where, and until when, is for people: an API key that has got into other hands could take those bounds away. A key that is to stop an export revokes its keys or deletes it.',
  access,
  notForKeys: true,
  sensitive: true,
  params: one,
  body: changesOf({
    purpose,
    networks,
    expiresAt,
    disabled: Type.Boolean(),
    ...changeFields,
  }),
  status: 200,
  response: ExportAccount,
  errors: ['access.exceeds-own', 'history.changed-meanwhile', 'not-found', 'statistics-export.in-the-past'],
});

export const deleteExportAccount = endpoint({
  id: 'statistics-export.deleteExportAccount',
  method: 'DELETE',
  path: `${base}/{exportAccountId}`,
  summary: 'Delete an export account with its keys; its sessions end at once',
  access,
  params: one,
  ...removal,
  status: 204,
  errors: ['not-found'],
});

export const submitExportKey = endpoint({
  id: 'statistics-export.submitExportKey',
  method: 'POST',
  path: `${base}/{exportAccountId}/keys`,
  summary: 'Bring a public key; it is pending until its fingerprint is confirmed',
  description:
    'One public key as OpenSSH writes it, or as RFC 4716 does: Ed25519, ECDSA on a NIST curve, or RSA of at least 3072 bits.',
  access,
  sensitive: true,
  params: one,
  body: closed({
    publicKey: Type.String({ minLength: 1, maxLength: 16_384 }),
    replaces,
    ...makingFields,
  }),
  status: 201,
  response: ExportAccount,
  errors: [
    'access.exceeds-own',
    'not-found',
    'statistics-export.key-known',
    'statistics-export.key-private',
    'statistics-export.key-unfit',
    'statistics-export.too-many-keys',
  ],
});

/** The private half of a pair, which is shown this once and kept nowhere. */
export const GeneratedExportKey = closed({
  account: ExportAccount,
  keyId: Id,
  /** In the form of OpenSSH, encrypted with a passphrase that whoever calls does not get. */
  privateKey: Type.String(),
  fileName: Type.String(),
});
export type GeneratedExportKey = Static<typeof GeneratedExportKey>;

export const generateExportKey = endpoint({
  id: 'statistics-export.generateExportKey',
  method: 'POST',
  path: `${base}/{exportAccountId}/generated-keys`,
  summary: 'Make a pair of keys; the private one is in the answer, encrypted, and nowhere else',
  description:
    'Its passphrase goes another way: by text message to a number, which is not kept; or another person reads it here, once.',
  access,
  notForKeys: true,
  sensitive: true,
  params: one,
  body: closed({
    passphrase: Type.Union([
      closed({
        by: Type.Literal('sms'),
        /** In the international form (E.164). */
        number: Type.String({ pattern: '^\\+[1-9][0-9]{6,14}$' }),
      }),
      closed({ by: Type.Literal('person') }),
    ]),
    replaces,
    ...makingFields,
  }),
  answersOnce: true,
  status: 201,
  response: GeneratedExportKey,
  errors: ['access.exceeds-own', 'not-found', 'signin.code-not-sent', 'statistics-export.too-many-keys'],
});

export const readExportPassphrase = endpoint({
  id: 'statistics-export.readExportPassphrase',
  method: 'POST',
  path: `${base}/{exportAccountId}/keys/{keyId}/passphrase`,
  summary: 'Read the passphrase of a generated private key, once, as somebody else than who has the key',
  access,
  notForKeys: true,
  sensitive: true,
  params: oneKey,
  answersOnce: true,
  status: 200,
  response: closed({ passphrase: Type.String() }),
  errors: ['not-found', 'statistics-export.no-passphrase', 'statistics-export.same-person'],
});

export const showExportKey = endpoint({
  id: 'statistics-export.showExportKey',
  method: 'POST',
  path: `${base}/{exportAccountId}/keys/{keyId}/fingerprints`,
  summary: 'See the fingerprints of a pending key, to compare them as a second person',
  description: 'Whoever has seen them cannot confirm the key for the customer any more.',
  access,
  notForKeys: true,
  sensitive: true,
  params: oneKey,
  status: 200,
  response: Fingerprints,
  errors: ['not-found', 'statistics-export.key-not-pending'],
});

export const confirmExportKey = endpoint({
  id: 'statistics-export.confirmExportKey',
  method: 'POST',
  path: `${base}/{exportAccountId}/keys/{keyId}/confirmation`,
  summary: 'Confirm the fingerprint of a pending key: from then on it is taken',
  description:
    'As a second person, who did not submit the key; or for the customer, with the fingerprint that they told, by somebody who was not shown it here. Wrong ones are counted, and after five the key is refused.',
  access,
  notForKeys: true,
  sensitive: true,
  params: oneKey,
  body: closed({
    as: oneOf('second-person', 'customer'),
    /** In either form; spaces, colons, padding and the name of the hash do not matter. */
    fingerprint: Type.String({ minLength: 1, maxLength: 200 }),
    ...makingFields,
  }),
  status: 200,
  response: ExportAccount,
  errors: [
    'access.exceeds-own',
    'not-found',
    'statistics-export.fingerprint-seen',
    'statistics-export.fingerprint-wrong',
    'statistics-export.key-not-pending',
    'statistics-export.same-person',
  ],
});

export const revokeExportKey = endpoint({
  id: 'statistics-export.revokeExportKey',
  method: 'DELETE',
  path: `${base}/{exportAccountId}/keys/{keyId}`,
  summary: 'Revoke a key: it is taken no more, and its sessions end at once',
  access,
  params: oneKey,
  ...removal,
  status: 204,
  errors: ['not-found'],
});
