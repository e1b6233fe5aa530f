import { exportLimits, type ExportKey, type Fingerprints } from '@samtal/contract/statistics-export';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion, type ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { keyBody } from './bodies.ts';
import { endReplacedKey } from './end-key.ts';
import { fingerprintsOf, isFingerprintOf } from './fingerprints.ts';
import { lockExportAccount, readExportKeys, type StoredExportKey } from './queries.ts';
import { refuseUnlessSeeingAll } from './whole-statistics.ts';

interface WhichKey {
  readonly exportAccountId: string;
  readonly keyId: string;
}

/**
 * Shows the fingerprints of a pending key to somebody who is to compare them, and remembers who that was. Refuses with
 * not-found, statistics-export.key-not-pending.
 */
export async function showKey(tx: Tx, caller: Member, which: WhichKey): Promise<Fingerprints> {
  const key = await lockPendingKey(tx, caller.accountId, which);
  if (!key.seenBy.includes(caller.personId))
    await update(tx, caller, key, { seen_by: [...key.seenBy, caller.personId] });
  await recordAudit(tx, caller.accountId, {
    action: 'statistics-export.key-seen',
    actor: caller.actor,
    subject: { kind: 'export-key', id: key.id },
  });
  return fingerprintsOf(key.publicKey);
}

export interface Confirmation extends WhichKey {
  readonly as: NonNullable<ExportKey['confirmedAs']>;
  readonly fingerprint: string;
  readonly note?: ChangeNote;
}

/**
 * Compares what somebody says the fingerprint is, and takes the key from then on when it is (I4). Answers `wrong` when it is not, and
 * has counted it then: whoever calls commits first, and refuses afterwards. Refuses with access.exceeds-own, not-found,
 * statistics-export.fingerprint-seen, statistics-export.key-not-pending, statistics-export.same-person.
 */
export async function confirmKey(
  tx: Tx,
  caller: Member,
  { as, fingerprint, note = {}, ...which }: Confirmation,
): Promise<'confirmed' | 'wrong'> {
  refuseUnlessSeeingAll(caller);
  const key = await lockPendingKey(tx, caller.accountId, which);
  const { personId } = caller;
  if (as === 'second-person' && key.submittedBy === personId)
    throw new Refusal('statistics-export.same-person');
  // What somebody was shown here they may have copied from here, whoever they had on the telephone.
  if (as === 'customer' && key.seenBy.includes(personId))
    throw new Refusal('statistics-export.fingerprint-seen');
  if (!isFingerprintOf(fingerprint, key.publicKey)) {
    await countWrong(tx, caller, key);
    return 'wrong';
  }
  await update(tx, caller, key, {
    state: 'active',
    confirmed_by: personId,
    confirmed_as: as,
    confirmed_at: sql<Date>`now()`,
  });
  await record(tx, caller, {
    key,
    state: 'active',
    action: 'statistics-export.key-confirmed',
    note,
    details: { as },
  });
  if (key.replaces !== null) {
    const [replaced] = await readExportKeys(tx, caller.accountId, {
      exportAccountId: which.exportAccountId,
      keyId: key.replaces,
    });
    if (replaced !== undefined)
      await endReplacedKey(tx, caller, { key: replaced, overlapHours: key.overlapHours ?? 0, note });
  }
  return 'confirmed';
}

async function countWrong(tx: Tx, caller: Member, key: StoredExportKey): Promise<void> {
  const wrong = key.wrongFingerprints + 1;
  const isLast = wrong >= exportLimits.wrongFingerprints;
  await update(tx, caller, key, {
    wrong_fingerprints: wrong,
    ...(isLast ? { state: 'refused' as const, ends_at: sql<Date>`now()` } : {}),
  });
  if (isLast) {
    await record(tx, caller, {
      key,
      state: 'refused',
      action: 'statistics-export.key-refused',
      note: {},
      details: {},
    });
    return;
  }
  await recordAudit(tx, caller.accountId, {
    action: 'statistics-export.fingerprint-wrong',
    actor: caller.actor,
    subject: { kind: 'export-key', id: key.id },
    details: { wrong },
  });
}

async function lockPendingKey(
  tx: Tx,
  accountId: string,
  { exportAccountId, keyId }: WhichKey,
): Promise<StoredExportKey> {
  found(await lockExportAccount(tx, accountId, exportAccountId));
  const key = found((await readExportKeys(tx, accountId, { exportAccountId, keyId }))[0]);
  if (key.state !== 'pending') throw new Refusal('statistics-export.key-not-pending');
  return key;
}

async function update(
  tx: Tx,
  { accountId }: Member,
  { id }: StoredExportKey,
  to: {
    state?: 'active' | 'refused';
    seen_by?: string[];
    wrong_fingerprints?: number;
    confirmed_by?: string;
    confirmed_as?: Confirmation['as'];
    confirmed_at?: ReturnType<typeof sql<Date>>;
    ends_at?: ReturnType<typeof sql<Date>>;
  },
): Promise<void> {
  await tx.sql
    .updateTable('export_key')
    .set(to)
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute();
}

async function record(
  tx: Tx,
  { accountId, actor }: Member,
  {
    key,
    state,
    action,
    note,
    details,
  }: {
    key: StoredExportKey;
    state: 'active' | 'refused';
    action: string;
    note: ChangeNote;
    details: Record<string, string>;
  },
): Promise<void> {
  await recordVersion(tx, accountId, {
    kind: 'export-key',
    objectId: key.id,
    before: keyBody(key, 'pending'),
    body: keyBody(key, state),
    by: actor,
    note,
  });
  await recordAudit(tx, accountId, { action, actor, subject: { kind: 'export-key', id: key.id }, details });
}
