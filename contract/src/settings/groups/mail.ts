import { HeaderLine, MailAddress, MailHost, MailPattern } from '../../mail/address.ts';
import { nullable, oneOf, Type } from '../../shared/index.ts';
import { setting, minutes, everywhere, accountWide, installationOnly, type Setting } from '../setting.ts';

const mailPatterns = Type.Array(MailPattern, { maxItems: 200, uniqueItems: true });

/** Mail. */
export const mailSettings = {
  // Mail that the platform sends (E11).
  /** Whether mail says what is known about the customer: the profile, the first words, the names of files. */
  'mail.customer-details': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: true,
    weaker: 'on',
  }),
  /** Where mail about conversations may go; empty: anywhere. */
  'mail.forwarding-addresses': setting({
    schema: mailPatterns,
    default: [],
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'Without a list mail may go anywhere; a list can only narrow that.' },
  }),
  /** Where no mail goes, listed or not: nobody reads it there, or a machine answers. */
  'mail.blocked-senders': setting({
    schema: mailPatterns,
    default: [
      'no-reply@',
      'noreply@',
      'no_reply@',
      'do-not-reply@',
      'donotreply@',
      'mailer-daemon@',
      'postmaster@',
      'bounce@',
      'bounces@',
    ],
    levels: accountWide,
    sensitive: false,
  }),
  'mail.language': setting({
    schema: oneOf('en', 'sv'),
    default: 'en',
    levels: everywhere,
    sensitive: false,
  }),
  /** So long somebody waits where no agent is there before mail says so. Null: never. */
  'mail.waiting-minutes': setting({
    schema: nullable(minutes(1440)),
    default: null,
    levels: everywhere,
    sensitive: false,
  }),
  'mail.waiting-addresses': setting({
    schema: Type.Array(MailAddress, { maxItems: 20, uniqueItems: true }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: { never: 'They learn that somebody waits, and more only where mail.customer-details says so.' },
  }),
  /** Whether it goes to the agents who serve the queue as well. */
  'mail.waiting-agents': setting({
    schema: Type.Boolean(),
    default: false,
    levels: everywhere,
    sensitive: false,
  }),
  /** Which server takes mail from this installation. Null: none, and no mail is sent. */
  'mail.smtp-host': setting({
    schema: nullable(MailHost),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'Which server it is says nothing about how well it keeps mail.' },
  }),
  'mail.smtp-port': setting({
    schema: Type.Integer({ minimum: 1, maximum: 65_535 }),
    default: 587,
    levels: installationOnly,
    sensitive: false,
  }),
  /** Without TLS (`none`) only to a server on the same machine. */
  'mail.smtp-security': setting({
    schema: oneOf('starttls', 'implicit', 'none'),
    default: 'starttls',
    levels: installationOnly,
    sensitive: true,
    weaker: { strongestFirst: ['implicit', 'starttls', 'none'] },
  }),
  /** The authorities of the server's certificate (PEM), when they are not public ones. */
  'mail.smtp-ca': setting({
    schema: nullable(Type.String({ maxLength: 20_000, pattern: '^-----BEGIN CERTIFICATE-----' })),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'It narrows whose certificates count to one authority.' },
  }),
  /** Whom the server knows this installation as. The password is given by `samtal mail password`. */
  'mail.smtp-user': setting({
    schema: nullable(HeaderLine),
    default: null,
    levels: installationOnly,
    sensitive: false,
  }),
  'mail.sender-address': setting({
    schema: nullable(MailAddress),
    default: null,
    levels: installationOnly,
    sensitive: true,
    weaker: { never: 'No sender is weaker than another.' },
  }),
  'mail.sender-name': setting({
    schema: HeaderLine,
    default: 'Samtal',
    levels: installationOnly,
    sensitive: false,
  }),
} as const satisfies Record<string, Setting>;
