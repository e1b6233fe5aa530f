import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { keyBody } from './bodies.ts';
import { lockExportAccount, readExportKeys, stands, type StoredExportKey } from './queries.ts';

/** Lets a key go on for so long beside the one that has taken its place; one that was to end sooner does. */
export async function endReplacedKey(
  tx: Tx,
  { accountId, actor }: Member,
  { key, overlapHours, note }: { key: StoredExportKey; overlapHours: number; note: ChangeNote },
): Promise<void> {
  if (!stands(key)) return;
  const at = new Date(Date.now() + overlapHours * 3_600_000);
  const endsAt = key.endsAt !== null && key.endsAt < at ? key.endsAt : at;
  await tx.sql
    .updateTable('export_key')
    .set({ ends_at: endsAt })
    .where('account_id', '=', accountId)
    .where('id', '=', key.id)
    .execute();
  const isPending = key.state === 'pending';
  await recordVersion(tx, accountId, {
    kind: 'export-key',
    objectId: key.id,
    before: keyBody(key, isPending ? 'pending' : 'active'),
    body: keyBody({ ...key, endsAt }, isPending ? 'pending' : 'active'),
    by: actor,
    ...(note.reason === undefined ? {} : { note: { reason: note.reason } }),
  });
  await recordAudit(tx, accountId, {
    action: 'statistics-export.key-replaced',
    actor,
    subject: { kind: 'export-key', id: key.id },
    details: { until: endsAt.toISOString() },
  });
}

/** Takes a key no more from now on: its sessions end within a second. Again changes nothing. Refuses with not-found. */
export async function revokeExportKey(
  tx: Tx,
  { accountId, actor }: Member,
  { exportAccountId, keyId, note = {} }: { exportAccountId: string; keyId: string; note?: ChangeNote },
): Promise<void> {
  found(await lockExportAccount(tx, accountId, exportAccountId));
  const key = found((await readExportKeys(tx, accountId, { exportAccountId, keyId }))[0]);
  if (key.state === 'revoked') return;
  await tx.sql
    .updateTable('export_key')
    .set({ state: 'revoked', ends_at: sql<Date>`now()`, passphrase: null, passphrase_until: null })
    .where('account_id', '=', accountId)
    .where('id', '=', keyId)
    .execute();
  const before = keyBody(key, storedState(key));
  await recordVersion(tx, accountId, {
    kind: 'export-key',
    objectId: keyId,
    before,
    body: null,
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, {
    action: 'statistics-export.key-revoked',
    actor,
    subject: { kind: 'export-key', id: keyId },
  });
}

function storedState({ state }: StoredExportKey): 'pending' | 'active' | 'refused' {
  if (state === 'pending' || state === 'lapsed') return 'pending';
  return state === 'refused' ? 'refused' : 'active';
}
