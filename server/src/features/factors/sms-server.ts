import type { SettingValues } from '@samtal/contract/settings';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import {
  CiphertextError,
  readInstallationSecret,
  removeInstallationSecret,
  setInstallationSecret,
  type Keyring,
} from '../../platform/keys/index.ts';
import { SmsError, type SmsServer } from '../../platform/sms/index.ts';
import { readInstallationSettings } from '../settings/index.ts';

const name = 'sms-password';

/** Who sends text messages, and whom they come from. */
export interface SmsWayOut {
  readonly server: SmsServer;
  readonly from: string;
}

/** Whether operators have said who sends text messages, and to which countries. */
export function isSmsSetUp(settings: SettingValues): boolean {
  return (
    settings['sms.provider'] !== null &&
    settings['sms.user'] !== null &&
    settings['sms.country-prefixes'].length > 0
  );
}

/** Whether messages go to the country of this number. */
export function isNumberAllowed(number: string, settings: SettingValues): boolean {
  return settings['sms.country-prefixes'].some((prefix) => number.startsWith(prefix));
}

/** Null until it is set up. In the platform’s scope. Throws SmsError when the password cannot be opened. */
export async function readSmsWayOut(tx: ReadTx, keyring: Keyring): Promise<SmsWayOut | null> {
  const settings = await readInstallationSettings(tx);
  const [provider, user] = [settings['sms.provider'], settings['sms.user']];
  if (!isSmsSetUp(settings) || provider === null || user === null) return null;
  return {
    server: {
      provider,
      url: settings['sms.url'],
      user,
      password: await readPassword(tx, keyring),
      ca: settings['sms.ca'],
    },
    from: settings['sms.sender'],
  };
}

async function readPassword(tx: ReadTx, keyring: Keyring): Promise<string> {
  try {
    const password = await readInstallationSecret(tx, keyring, name);
    if (password === null) throw new SmsError('password-missing');
    return password;
  } catch (cause) {
    // The database was restored beside another keyring.
    if (cause instanceof CiphertextError) throw new SmsError('password-unreadable', { cause });
    throw cause;
  }
}

/** Keeps the password for the provider, sealed; it is never shown again. In the platform’s scope. */
export async function setSmsPassword(tx: Tx, keyring: Keyring, password: string): Promise<void> {
  await setInstallationSecret(tx, keyring, { name, secret: password });
  await recordAudit(tx, platformChain, { action: 'sms.password-set', actor: { kind: 'operator' } });
}

/** Forgets the password, if there was one. */
export async function removeSmsPassword(tx: Tx): Promise<void> {
  await removeInstallationSecret(tx, name);
  await recordAudit(tx, platformChain, { action: 'sms.password-removed', actor: { kind: 'operator' } });
}
