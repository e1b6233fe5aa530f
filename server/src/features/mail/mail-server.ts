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
import { MailError, type Mail, type MailServer } from '../../platform/mail/index.ts';
import { readInstallationSettings } from '../settings/index.ts';

const name = 'mail-password';

/** Where mail is handed in, and whom it comes from. */
export interface WayOut {
  readonly server: MailServer;
  readonly from: Mail['from'];
}

/** Whether operators have said through which server mail goes, and from whom. */
export function isSetUp(settings: SettingValues): boolean {
  return settings['mail.smtp-host'] !== null && settings['mail.sender-address'] !== null;
}

/** Null until it is set up. In the platform's scope. Throws MailError when the password cannot be opened. */
export async function readWayOut(
  tx: ReadTx,
  { keyring, ownName }: { keyring: Keyring; ownName: string },
): Promise<WayOut | null> {
  const settings = await readInstallationSettings(tx);
  const [host, address, user] = [
    settings['mail.smtp-host'],
    settings['mail.sender-address'],
    settings['mail.smtp-user'],
  ];
  if (host === null || address === null) return null;
  return {
    server: {
      host,
      port: settings['mail.smtp-port'],
      security: settings['mail.smtp-security'],
      signIn: user === null ? null : { user, password: await readPassword(tx, keyring) },
      ca: settings['mail.smtp-ca'],
      ownName,
    },
    from: { name: settings['mail.sender-name'], address },
  };
}

async function readPassword(tx: ReadTx, keyring: Keyring): Promise<string> {
  try {
    const password = await readInstallationSecret(tx, keyring, name);
    if (password === null) throw new MailError('password-missing');
    return password;
  } catch (cause) {
    // The database was restored beside another keyring.
    if (cause instanceof CiphertextError) throw new MailError('password-unreadable', 'passing', { cause });
    throw cause;
  }
}

/** Keeps the password for the server, sealed; it is never shown again. In the platform's scope. */
export async function setMailPassword(tx: Tx, keyring: Keyring, password: string): Promise<void> {
  await setInstallationSecret(tx, keyring, { name, secret: password });
  await recordAudit(tx, platformChain, { action: 'mail.password-set', actor: { kind: 'operator' } });
}

/** Forgets the password, if there was one. */
export async function removeMailPassword(tx: Tx): Promise<void> {
  await removeInstallationSecret(tx, name);
  await recordAudit(tx, platformChain, { action: 'mail.password-removed', actor: { kind: 'operator' } });
}
