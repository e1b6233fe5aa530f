import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { accountBody } from './bodies.ts';
import { futureInstant } from './future-instant.ts';
import { lockExportAccount } from './queries.ts';
import { refuseUnlessSeeingAll } from './whole-statistics.ts';

export interface ExportAccountChanges {
  readonly purpose?: string;
  readonly networks?: string[];
  readonly expiresAt?: string | null;
  readonly disabled?: boolean;
}

/**
 * Changes an export account. Sessions that would not be let in any more end within a second. Refuses with
 * access.exceeds-own, not-found, statistics-export.in-the-past, and like recordVersion.
 */
export async function changeExportAccount(
  tx: Tx,
  caller: Member,
  {
    exportAccountId,
    changes,
    note = {},
  }: { exportAccountId: string; changes: ExportAccountChanges; note?: ChangeNote },
): Promise<void> {
  const { accountId, actor } = caller;
  const account = found(await lockExportAccount(tx, accountId, exportAccountId));
  if (!onlyDisables(changes)) refuseUnlessSeeingAll(caller);
  const { purpose = account.purpose, networks = account.networks, disabled = account.disabled } = changes;
  const expiresAt =
    changes.expiresAt === undefined ? account.expiresAt : endOf(changes.expiresAt, account.expiresAt);
  const after = { ...account, purpose, networks, disabled, expiresAt };
  await tx.sql
    .updateTable('export_account')
    .set({ purpose, networks, disabled, expires_at: expiresAt })
    .where('account_id', '=', accountId)
    .where('id', '=', exportAccountId)
    .execute();
  await recordVersion(tx, accountId, {
    kind: 'export-account',
    objectId: exportAccountId,
    before: accountBody(account),
    body: accountBody(after),
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'statistics-export.account-changed',
    actor,
    subject: { kind: 'export-account', id: exportAccountId },
    details: { changed: Object.keys(changes) },
  });
}

/** Deletes an export account with its keys. Refuses with not-found. */
export async function deleteExportAccount(
  tx: Tx,
  { accountId, actor }: Member,
  { exportAccountId, note = {} }: { exportAccountId: string; note?: ChangeNote },
): Promise<void> {
  const account = found(await lockExportAccount(tx, accountId, exportAccountId));
  await tx.sql
    .deleteFrom('export_account')
    .where('account_id', '=', accountId)
    .where('id', '=', exportAccountId)
    .execute();
  await recordVersion(tx, accountId, {
    kind: 'export-account',
    objectId: exportAccountId,
    before: accountBody(account),
    body: null,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'statistics-export.account-deleted',
    actor,
    subject: { kind: 'export-account', id: exportAccountId },
  });
}

/** Whoever takes something away need not hold it. */
function onlyDisables({ disabled, ...others }: ExportAccountChanges): boolean {
  return disabled === true && Object.keys(others).length === 0;
}

/** An end that has passed may stay as it was. */
function endOf(asked: string | null, current: Date | null): Date | null {
  return asked !== null && current?.toISOString() === asked ? current : futureInstant(asked);
}
