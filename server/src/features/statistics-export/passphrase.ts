import { randomInt } from 'node:crypto';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { openSecret, sealSecret, type Keyring } from '../../platform/keys/index.ts';
import { lockExportAccount, readExportKeys, stands } from './queries.ts';

/** Without letters that look like others: it is read from one screen and typed at another. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twenty letters in groups of four, 99 bits of chance. */
export function newPassphrase(): string {
  const group = () => Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('');
  return Array.from({ length: 5 }, group).join('-');
}

const placeOf = ({ accountId, keyId }: { accountId: string; keyId: string }) => ({
  account: accountId,
  purpose: 'export-passphrase',
  id: keyId,
});

/** For as long as it waits for whoever reads it: under the key of the account, and nothing that the database alone could open. */
export async function sealPassphrase(
  keyring: Keyring,
  of: { accountId: string; keyId: string },
  passphrase: string,
): Promise<Buffer> {
  return await sealSecret(keyring, placeOf(of), Buffer.from(passphrase));
}

/**
 * Shows the passphrase of a private key once, to somebody else than who was given that key, and forgets it. Refuses with not-found,
 * statistics-export.no-passphrase, statistics-export.same-person.
 */
export async function readPassphrase(
  tx: Tx,
  caller: Member,
  { exportAccountId, keyId, keyring }: { exportAccountId: string; keyId: string; keyring: Keyring },
): Promise<string> {
  const { accountId, actor, personId } = caller;
  found(await lockExportAccount(tx, accountId, exportAccountId));
  const key = found((await readExportKeys(tx, accountId, { exportAccountId, keyId }))[0]);
  if (key.passphrase === null || !stands(key)) throw new Refusal('statistics-export.no-passphrase');
  if (key.submittedBy === personId) throw new Refusal('statistics-export.same-person');
  const passphrase = await openSecret(keyring, placeOf({ accountId, keyId }), key.passphrase);
  await tx.sql
    .updateTable('export_key')
    .set({ passphrase: null, passphrase_until: null })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .execute();
  await recordAudit(tx, accountId, {
    action: 'statistics-export.passphrase-read',
    actor,
    subject: { kind: 'export-key', id: keyId },
  });
  return passphrase.toString();
}
