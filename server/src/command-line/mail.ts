import { randomUUID } from 'node:crypto';
import {
  isSetUp,
  readMailCounts,
  readWayOut,
  removeMailPassword,
  setMailPassword,
} from '../features/mail/index.ts';
import { readInstallationSettings } from '../features/settings/index.ts';
import { platformChain, recordAudit } from '../platform/audit/index.ts';
import { MailError, sendableAddress, sendMail } from '../platform/mail/index.ts';
import { Outbound } from '../platform/outbound/index.ts';
import { CommandError, needed, type Command } from './command.ts';
import { installationPassword } from './password-input.ts';
import { table } from './table.ts';
import { withPlatform } from './with-platform.ts';

const notSetUp =
  'No mail server is set up: set mail.smtp-host and mail.sender-address with samtal settings set';

const password = installationPassword({
  of: 'mail',
  whose: 'the mail server',
  set: setMailPassword,
  remove: removeMailPassword,
});

const test: Command = {
  name: 'mail test',
  summary: 'Send a mail at once, to see whether the mail server takes it',
  help: [['--to <address>', 'To whom']],
  options: { to: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const to = sendableAddress(needed(values, 'to'));
      if (to === null) throw new CommandError('--to is no address to which mail can be sent');
      const ownName = config.publicUrl.hostname;
      try {
        const way = await database.read('platform', (tx) => readWayOut(tx, { keyring, ownName }));
        if (way === null) throw new CommandError(notSetUp);
        await sendMail(new Outbound({ networks: config.outboundNetworks }), way.server, {
          id: randomUUID(),
          from: way.from,
          to,
          subject: 'Test',
          text: `Mail from the installation at ${config.publicUrl.href} arrives.\n`,
        });
      } catch (error) {
        if (error instanceof MailError) throw new CommandError(explained(error.code));
        throw error;
      }
      await database.transaction('platform', (tx) =>
        recordAudit(tx, platformChain, { action: 'mail.tested', actor: { kind: 'operator' } }),
      );
      return { text: 'The mail server has taken the mail.', json: { sent: true } };
    }),
};

const status: Command = {
  name: 'mail status',
  summary: 'Say whether mail can be sent, what waits, and why something was not sent',
  help: [],
  options: {},
  run: ({ config }) =>
    withPlatform(config, async ({ database }) => {
      const { ready, counts } = await database.read('platform', async (tx) => ({
        ready: isSetUp(await readInstallationSettings(tx)),
        counts: await readMailCounts(tx),
      }));
      const rows = counts.map(({ state, failure, count, oldest }) => [
        state,
        failure ?? '',
        String(count),
        oldest.toISOString(),
      ]);
      return {
        text: [
          ready ? 'A mail server is set up.' : notSetUp,
          ...(rows.length === 0 ? [] : [table(['state', 'failure', 'mails', 'oldest'], rows)]),
        ].join('\n'),
        json: { ready, mails: counts.map((each) => ({ ...each, oldest: each.oldest.toISOString() })) },
      };
    }),
};

export const mailCommands: readonly Command[] = [password, test, status];

/** What an operator can do about it. */
function explained(code: string): string {
  const advice: Readonly<Record<string, string>> = {
    'address-refused': 'its address is not public; name its network in SAMTAL_OUTBOUND_NETWORKS',
    'name-unknown': 'no server has the name in mail.smtp-host',
    unreachable: 'nothing answers there; check mail.smtp-host and mail.smtp-port',
    timeout: 'it does not answer in time; check mail.smtp-port and mail.smtp-security',
    'tls-failed':
      'it offers no TLS, or shows a certificate that is not trusted; see mail.smtp-security and mail.smtp-ca',
    unprotected: 'mail.smtp-security is none, which only a server on this machine may have',
    'sign-in-refused': 'it refuses mail.smtp-user or the password; see samtal mail password',
    'password-missing': 'there is a mail.smtp-user and no password; see samtal mail password',
    'password-unreadable':
      'the password was sealed beside another keyring; give it again with samtal mail password',
  };
  return `The mail server was not given the mail (${code})${code in advice ? `: ${advice[code]}` : ''}`;
}
