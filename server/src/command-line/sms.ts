import { isSmsSetUp, readSmsWayOut, removeSmsPassword, setSmsPassword } from '../features/factors/index.ts';
import { readInstallationSettings } from '../features/settings/index.ts';
import { platformChain, recordAudit } from '../platform/audit/index.ts';
import { Outbound } from '../platform/outbound/index.ts';
import { sendSms, SmsError } from '../platform/sms/index.ts';
import { CommandError, needed, type Command } from './command.ts';
import { installationPassword } from './password-input.ts';
import { withPlatform } from './with-platform.ts';

const notSetUp =
  'Nobody sends text messages: set sms.provider, sms.user and sms.country-prefixes with samtal settings set';

const password = installationPassword({
  of: 'sms',
  whose: 'the provider of text messages',
  set: setSmsPassword,
  remove: removeSmsPassword,
});

const test: Command = {
  name: 'sms test',
  summary: 'Send a text message at once, to see whether the provider takes it',
  help: [['--to <number>', 'To whom, such as +46701234567']],
  options: { to: { type: 'string' } },
  run: ({ config, values }) =>
    withPlatform(config, async ({ database, keyring }) => {
      const to = needed(values, 'to');
      if (!/^\+[1-9][0-9]{6,14}$/.test(to))
        throw new CommandError('--to is no mobile number with its country, such as +46701234567');
      try {
        const { way, ready } = await database.read('platform', async (tx) => ({
          way: await readSmsWayOut(tx, keyring),
          ready: isSmsSetUp(await readInstallationSettings(tx)),
        }));
        if (way === null || !ready) throw new CommandError(notSetUp);
        const text = `A message from the installation at ${config.publicUrl.origin} arrives.`;
        await sendSms(new Outbound({ networks: config.outboundNetworks }), way.server, {
          from: way.from,
          to,
          text,
        });
      } catch (error) {
        if (error instanceof SmsError) throw new CommandError(explained(error.code));
        throw error;
      }
      await database.transaction('platform', (tx) =>
        recordAudit(tx, platformChain, { action: 'sms.tested', actor: { kind: 'operator' } }),
      );
      return { text: 'The provider has taken the message.', json: { sent: true } };
    }),
};

export const smsCommands: readonly Command[] = [password, test];

/** What an operator can do about it. */
function explained(code: string): string {
  const advice: Readonly<Record<string, string>> = {
    'address-refused': 'its address is not public; name its network in SAMTAL_OUTBOUND_NETWORKS',
    'name-unknown': 'no server has the name in sms.url',
    unreachable: 'nothing answers there; check sms.url',
    timeout: 'it does not answer in time; check sms.url',
    'tls-failed': 'it shows a certificate that is not trusted; see sms.ca',
    'sign-in-refused': 'it refuses sms.user or the password; see samtal sms password',
    'password-missing': 'there is no password yet; see samtal sms password',
    'password-unreadable':
      'the password was sealed beside another keyring; give it again with samtal sms password',
  };
  return `The provider was not given the message (${code})${code in advice ? `: ${advice[code]}` : ''}`;
}
