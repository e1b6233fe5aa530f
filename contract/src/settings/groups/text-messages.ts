import { HeaderLine } from '../../mail/address.ts';
import { nullable, oneOf, Type } from '../../shared/index.ts';
import { setting, installationOnly, type Setting } from '../setting.ts';

/** Text messages. */
export const textMessagesSettings = {
  // Text messages, by which codes are sent (C2).
  /** Who sends them. Null: nobody, and none are. The account there is named by `sms.user`, its password by `samtal sms password`. */
  'sms.provider': setting({
    schema: nullable(oneOf('46elks')),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Accounts decide whether codes by text message count.' },
  }),
  'sms.user': setting({
    schema: nullable(HeaderLine),
    default: null,
    levels: installationOnly,
    sensitive: false,
  }),
  /** A number, or up to eleven letters and digits. */
  'sms.sender': setting({
    schema: Type.String({ pattern: '^(\\+[1-9][0-9]{6,14}|[A-Za-z][A-Za-z0-9]{0,10})$' }),
    default: 'Samtal',
    levels: installationOnly,
    sensitive: false,
  }),
  /** Where the provider, or a gateway that speaks like it, takes messages. */
  'sms.url': setting({
    schema: Type.String({ maxLength: 300, pattern: '^https://[^\\s?#@]+$' }),
    default: 'https://api.46elks.com/a1/sms',
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Which server it is says nothing about how well it keeps messages.' },
  }),
  /** The authorities of its certificate (PEM), when they are not public ones. */
  'sms.ca': setting({
    schema: nullable(Type.String({ maxLength: 20_000, pattern: '^-----BEGIN CERTIFICATE-----' })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'It narrows whose certificates count to one authority.' },
  }),
  /** Countries that messages go to, by the beginning of their numbers. Empty: none. */
  'sms.country-prefixes': setting({
    schema: Type.Array(Type.String({ pattern: '^\\+[1-9][0-9]{0,5}$' }), { maxItems: 50, uniqueItems: true }),
    default: [],
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Without a list no message is sent at all.' },
  }),
  /** Of the whole installation in an hour: somebody who has messages sent to earn by them is stopped here. */
  'sms.most-per-hour': setting({
    schema: Type.Integer({ minimum: 1, maximum: 100_000 }),
    default: 200,
    levels: installationOnly,
    sensitive: true,
    weaker: 'higher',
  }),
} as const satisfies Record<string, Setting>;
