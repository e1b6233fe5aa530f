import type { SettingOverrides } from '@samtal/contract/settings';
import { setMailPassword } from '../src/features/mail/index.ts';
import { changeInstallationSettings } from '../src/features/settings/index.ts';
import type { TestDatabase } from './database.ts';
import { mailUser, type TestMailServer } from './mail-server.ts';

/** Lets the installation send its mail through this server. */
export async function setUpMail(
  { database, keyring }: TestDatabase,
  server: Pick<TestMailServer, 'port' | 'certificate'>,
  more: SettingOverrides = {},
): Promise<void> {
  await database.transaction('platform', async (tx) => {
    const set: SettingOverrides = {
      'mail.smtp-host': 'localhost',
      'mail.smtp-port': server.port,
      'mail.smtp-ca': server.certificate,
      'mail.smtp-user': mailUser.user,
      'mail.sender-address': 'chat@almvik.example',
      ...more,
    };
    await changeInstallationSettings(tx, { set, unset: [], reason: 'a test' });
    await setMailPassword(tx, keyring, mailUser.password);
  });
}
