import { createHmac, randomInt } from 'node:crypto';
import type { Tx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { recoveryCodeCount } from './policy.ts';

/** Letters and digits that nobody takes for one another. 16 of them are 79 bits. */
const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const length = 16;

/** New recovery codes in place of those before. Shown once: what is stored is a keyed hash of each. */
export async function makeRecoveryCodes(tx: Tx, keyring: Keyring, userId: string): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodeCount }, newCode);
  await tx.sql.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
  await tx.sql
    .insertInto('recovery_code')
    .values(codes.map((code) => ({ user_id: userId, mac: macOf(keyring, userId, code) })))
    .execute();
  return codes;
}

/** Whether this is one of the person’s, which it then is no more. */
export async function takeRecoveryCode(
  tx: Tx,
  keyring: Keyring,
  { userId, code }: { userId: string; code: string },
): Promise<boolean> {
  const taken = await tx.sql
    .deleteFrom('recovery_code')
    .where('user_id', '=', userId)
    .where('mac', '=', macOf(keyring, userId, code))
    .returning('user_id')
    .executeTakeFirst();
  return taken !== undefined;
}

function newCode(): string {
  const code = Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return code.replaceAll(/(.{4})(?=.)/g, '$1-');
}

/** However it is typed: in small letters, with blanks or without hyphens. */
function macOf(keyring: Keyring, userId: string, code: string): Buffer {
  const plain = code.toUpperCase().replaceAll(/[\s-]/g, '');
  return createHmac('sha256', keyring.purposeKey('recovery-codes')).update(`${userId}/${plain}`).digest();
}
