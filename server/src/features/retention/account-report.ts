import type { SignedRecord } from '@samtal/contract/retention';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import type { SigningKey } from '../../platform/keys/index.ts';

/** What the text of a report begins with. */
const reportFormat = 'samtal-account-deletion/v1';

/** Writes the report of a deletion as far as it has come, and signs it. In the platform’s scope. */
export async function signAccountReport(tx: Tx, signing: SigningKey, account: string): Promise<void> {
  const deletion = await tx.sql
    .selectFrom('account_deletion')
    .selectAll()
    .where('account_id', '=', account)
    .executeTakeFirstOrThrow();
  const report = JSON.stringify(
    {
      format: reportFormat,
      account,
      name: deletion.account_name,
      state: deletion.state,
      confirmedAt: deletion.confirmed_at,
      keysDestroyedAt: deletion.keys_destroyed_at,
      rowsDeletedAt: deletion.rows_deleted_at,
      backupsUntil: deletion.backups_until,
      backupsExpiredAt: deletion.backups_expired_at,
      rows: deletion.counts,
    },
    null,
    2,
  );
  await tx.sql
    .updateTable('account_deletion')
    .set({ report, signature: signing.sign(Buffer.from(report)) })
    .where('account_id', '=', account)
    .execute();
}

/** The report with what it is checked by. Refuses with not-found while the account is not deleted. */
export async function readAccountReport(
  tx: ReadTx,
  signing: SigningKey,
  account: string,
): Promise<SignedRecord> {
  const row = await tx.sql
    .selectFrom('account_deletion')
    .select(['report', 'signature'])
    .where('account_id', '=', account)
    .executeTakeFirst();
  const { report, signature } = found(row);
  return {
    record: found(report),
    signature: found(signature).toString('base64'),
    publicKey: signing.publicKey,
  };
}

/** Takes deletions to their end whose last backup is gone. In the platform’s scope. */
export async function endAccountDeletions(tx: Tx, signing: SigningKey): Promise<void> {
  const now = new Date();
  const ended = await tx.sql
    .updateTable('account_deletion')
    .set({ state: 'backups-expired', backups_expired_at: now })
    .where('state', '=', 'rows-deleted')
    .where('backups_until', '<=', now)
    .returning('account_id')
    .execute();
  for (const { account_id: account } of ended) await signAccountReport(tx, signing, account);
}
