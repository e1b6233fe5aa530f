import { randomUUID } from 'node:crypto';
import { exportLimits, type ExportKey } from '@samtal/contract/statistics-export';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import { isUniqueViolation, type Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { keyBody } from './bodies.ts';
import { endReplacedKey } from './end-key.ts';
import {
  lockExportAccount,
  readExportKeys,
  stands,
  type StoredExportAccount,
  type StoredExportKey,
} from './queries.ts';
import type { SshPublicKey } from './read-public-key.ts';
import { refuseUnlessSeeingAll } from './whole-statistics.ts';

export interface NewExportKey {
  readonly exportAccountId: string;
  readonly key: SshPublicKey;
  readonly kind: ExportKey['kind'];
  /** The key whose place it takes, once it is active. */
  readonly replaces?: { readonly keyId: string; readonly overlapHours: number } | undefined;
  /** Of a pair that was made here: its passphrase, sealed for whoever reads it. */
  readonly id?: string;
  readonly passphrase?: Buffer;
  readonly note?: ChangeNote;
}

/**
 * Holds an export account that is to have another key, and answers with the key that is to be replaced. Refuses with not-found,
 * statistics-export.too-many-keys.
 */
export async function placeForKey(
  tx: Tx,
  accountId: string,
  { exportAccountId, replaces }: Pick<NewExportKey, 'exportAccountId' | 'replaces'>,
): Promise<{ account: StoredExportAccount; replaced: StoredExportKey | null }> {
  const account = found(await lockExportAccount(tx, accountId, exportAccountId));
  const standing = (await readExportKeys(tx, accountId, { exportAccountId })).filter(stands);
  if (standing.length >= exportLimits.keys) throw new Refusal('statistics-export.too-many-keys');
  const replaced = replaces === undefined ? null : found(standing.find((each) => each.id === replaces.keyId));
  return { account, replaced };
}

/**
 * Adds a key to an export account: one that was brought waits for its fingerprint to be confirmed, one that was made here is taken
 * at once, since nobody could have put another in its place. Refuses with access.exceeds-own, not-found,
 * statistics-export.key-known, statistics-export.too-many-keys.
 */
export async function addKey(tx: Tx, caller: Member, wanted: NewExportKey): Promise<string> {
  refuseUnlessSeeingAll(caller);
  const { exportAccountId, key, kind, replaces, id = randomUUID(), passphrase, note = {} } = wanted;
  const { accountId, personId } = caller;
  const { replaced } = await placeForKey(tx, accountId, { exportAccountId, replaces });
  const isTaken = kind === 'generated';
  try {
    await tx.sql
      .insertInto('export_key')
      .values({
        account_id: accountId,
        id,
        export_account_id: exportAccountId,
        kind,
        state: isTaken ? 'active' : 'pending',
        type: key.type,
        bits: key.bits,
        public_key: key.blob,
        submitted_by: personId,
        confirmed_at: isTaken ? sql<Date>`now()` : null,
        replaces: replaced?.id ?? null,
        overlap_hours: replaces?.overlapHours ?? null,
        passphrase: passphrase ?? null,
        passphrase_until:
          passphrase === undefined
            ? null
            : sql<Date>`now() + make_interval(hours => ${exportLimits.passphraseHours})`,
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'export_key_standing')) throw new Refusal('statistics-export.key-known');
    throw error;
  }
  const body = keyBody(
    { publicKey: key.blob, exportAccountId, type: key.type, kind, endsAt: null },
    isTaken ? 'active' : 'pending',
  );
  const by = caller.actor;
  await recordVersion(tx, accountId, { kind: 'export-key', objectId: id, before: null, body, by, note });
  await recordAudit(tx, accountId, {
    action: isTaken ? 'statistics-export.key-generated' : 'statistics-export.key-submitted',
    actor: by,
    subject: { kind: 'export-key', id },
    details: { exportAccount: exportAccountId },
  });
  if (isTaken && replaced !== null)
    await endReplacedKey(tx, caller, { key: replaced, overlapHours: replaces?.overlapHours ?? 0, note });
  return id;
}
