import { Network, oneOf, Type } from '../../shared/index.ts';
import { setting, days, accountWide, installationOnly, type Setting } from '../setting.ts';

/** Operators and programs. */
export const programsSettings = {
  // Operators who are let in for a time (B4).
  /** The longest that somebody of the account may let one in for. */
  'operators.longest-access-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 24 }),
    default: 4,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** So long what an operator asks for can be approved. */
  'operators.request-hours': setting({
    schema: Type.Integer({ minimum: 1, maximum: 168 }),
    default: 24,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),

  // The API for programs (C8, C5).
  /** What a program shows: its key with each request, or an access token that it gets for the key (RFC 6749, 4.4). */
  'api.authentication': setting({
    schema: oneOf('key', 'token'),
    default: 'key',
    levels: accountWide,
    sensitive: true,
    weaker: { strongestFirst: ['token', 'key'] },
  }),
  'api.token-minutes': setting({
    schema: Type.Integer({ minimum: 15, maximum: 60 }),
    default: 30,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** The longest that a key may live. */
  'api.key-days': setting({
    schema: days(1, 3650),
    default: 365,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  /** How many requests of one key are answered in a minute. */
  'api.requests-per-minute': setting({
    schema: Type.Integer({ minimum: 10, maximum: 60_000 }),
    default: 600,
    levels: accountWide,
    sensitive: false,
  }),
  /** The same of one user, over all accounts and sessions: what is beyond is no person. */
  'api.user-requests-per-minute': setting({
    schema: Type.Integer({ minimum: 300, maximum: 600_000 }),
    default: 3000,
    levels: installationOnly,
    sensitive: false,
    accountsSee: true,
  }),
  /** From where keys and tokens are taken; empty: from anywhere. */
  'api.networks': setting({
    schema: Type.Array(Network, { maxItems: 200, uniqueItems: true }),
    default: [],
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'Without a list keys are taken from anywhere; a list can only narrow that.' },
  }),
} as const satisfies Record<string, Setting>;
