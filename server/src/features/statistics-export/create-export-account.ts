import { randomInt, randomUUID } from 'node:crypto';
import { exportLimits } from '@samtal/contract/statistics-export';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { accountBody } from './bodies.ts';
import { futureInstant } from './future-instant.ts';
import { readExportAccounts } from './queries.ts';
import { refuseUnlessSeeingAll } from './whole-statistics.ts';

export interface NewExportAccount {
  readonly name: string;
  readonly purpose: string;
  readonly networks?: string[];
  readonly expiresAt?: string | null;
}

/** Without letters that look like others, since names are read out and typed. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789';

/**
 * Makes an export account, which can do nothing before it has a key, and returns its id. Refuses with access.exceeds-own,
 * names.taken, statistics-export.in-the-past, statistics-export.too-many.
 */
export async function createExportAccount(
  tx: Tx,
  caller: Member,
  { account, note = {} }: { account: NewExportAccount; note?: ChangeNote },
): Promise<string> {
  refuseUnlessSeeingAll(caller);
  const { accountId, actor } = caller;
  // One after the other, so that nobody makes one more than there may be.
  await tx.sql.selectFrom('account').select('id').where('id', '=', accountId).forNoKeyUpdate().execute();
  if ((await readExportAccounts(tx, accountId)).length >= exportLimits.accounts)
    throw new Refusal('statistics-export.too-many');
  const id = randomUUID();
  const { name, purpose, networks = [] } = account;
  const userName = userNameFor(name);
  const expiresAt = futureInstant(account.expiresAt ?? null);
  try {
    await tx.sql
      .insertInto('export_account')
      .values({
        account_id: accountId,
        id,
        name,
        user_name: userName,
        purpose,
        networks,
        expires_at: expiresAt,
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'export_account_name')) throw new Refusal('names.taken');
    throw error;
  }
  const body = accountBody({ name, userName, purpose, networks, expiresAt, disabled: false });
  await recordVersion(tx, accountId, {
    kind: 'export-account',
    objectId: id,
    before: null,
    body,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'statistics-export.account-created',
    actor,
    subject: { kind: 'export-account', id },
  });
  return id;
}

/** Fifty bits of chance: nobody meets the user name of another account, whatever both are called. */
function userNameFor(name: string): string {
  const chance = Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('');
  return `${name}-${chance}`;
}
