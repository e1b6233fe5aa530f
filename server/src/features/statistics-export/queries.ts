import type {
  ExportAccount,
  ExportKey,
  ExportKeyState,
  ExportKeyType,
} from '@samtal/contract/statistics-export';
import { exportLimits } from '@samtal/contract/statistics-export';
import { sql } from 'kysely';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { newestVersion } from '../../platform/history/index.ts';

export interface StoredExportAccount {
  readonly id: string;
  readonly name: string;
  readonly userName: string;
  readonly purpose: string;
  readonly networks: string[];
  readonly expiresAt: Date | null;
  readonly disabled: boolean;
  readonly state: ExportAccount['state'];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly version: number;
}

export interface StoredExportKey {
  readonly id: string;
  readonly exportAccountId: string;
  readonly kind: ExportKey['kind'];
  readonly state: ExportKeyState;
  readonly type: ExportKeyType;
  readonly bits: number;
  readonly publicKey: Buffer;
  readonly submittedBy: string;
  readonly submittedByName: string | null;
  readonly submittedAt: Date;
  readonly seenBy: string[];
  readonly wrongFingerprints: number;
  readonly confirmedBy: string | null;
  readonly confirmedByName: string | null;
  readonly confirmedAs: ExportKey['confirmedAs'];
  readonly confirmedAt: Date | null;
  readonly replaces: string | null;
  readonly overlapHours: number | null;
  readonly endsAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly passphrase: Buffer | null;
  readonly passphraseUntil: Date | null;
}

/** SQL: how a key stands now, also before what is due has been done about it. */
const stateOfKey = sql<ExportKeyState>`case
  when k.state = 'pending' and k.submitted_at <= now() - make_interval(days => ${sql.lit(exportLimits.pendingDays)}) then 'lapsed'
  when k.state = 'active' and k.ends_at <= now() then 'ended'
  when k.state = 'active' and k.ends_at is not null then 'ending'
  else k.state end`;

/** The export accounts of an account, by name; or one. */
export async function readExportAccounts(
  tx: ReadTx,
  accountId: string,
  exportAccountId: string | null = null,
): Promise<StoredExportAccount[]> {
  const { rows } = await sql<StoredExportAccount>`
    select a.id, a.name, a.user_name as "userName", a.purpose, a.networks, a.expires_at as "expiresAt", a.disabled,
      a.created_at as "createdAt", a.last_used_at as "lastUsedAt",
      case when a.disabled then 'disabled' when a.expires_at <= now() then 'expired'
        when exists (select from export_key k where k.account_id = a.account_id and k.export_account_id = a.id
          and k.state = 'active' and (k.ends_at is null or k.ends_at > now())) then 'active'
        else 'no-key' end as state,
      ${newestVersion('export-account', { account: 'a.account_id', id: 'a.id' })} as version
    from export_account a
    where a.account_id = ${accountId} and a.id = coalesce(${exportAccountId}::uuid, a.id)
    order by a.name`.execute(tx.sql);
  return rows;
}

/** The keys of export accounts, the newest first: all of an account’s, of one export account, or one. */
export async function readExportKeys(
  tx: ReadTx,
  accountId: string,
  of: { exportAccountId?: string; keyId?: string } = {},
): Promise<StoredExportKey[]> {
  const { rows } = await sql<StoredExportKey>`
    select k.id, k.export_account_id as "exportAccountId", k.kind, ${stateOfKey} as state, k.type, k.bits,
      k.public_key as "publicKey", k.submitted_by as "submittedBy",
      name_at_work(k.account_id, k.submitted_by) as "submittedByName", k.submitted_at as "submittedAt",
      k.seen_by as "seenBy", k.wrong_fingerprints as "wrongFingerprints", k.confirmed_by as "confirmedBy",
      name_at_work(k.account_id, k.confirmed_by) as "confirmedByName", k.confirmed_as as "confirmedAs",
      k.confirmed_at as "confirmedAt", k.replaces, k.overlap_hours as "overlapHours", k.ends_at as "endsAt",
      k.last_used_at as "lastUsedAt",
      case when k.passphrase_until > now() then k.passphrase end as passphrase,
      case when k.passphrase_until > now() then k.passphrase_until end as "passphraseUntil"
    from export_key k
    where k.account_id = ${accountId}
      and k.export_account_id = coalesce(${of.exportAccountId ?? null}::uuid, k.export_account_id)
      and k.id = coalesce(${of.keyId ?? null}::uuid, k.id)
    order by k.submitted_at desc, k.id`.execute(tx.sql);
  return rows;
}

/**
 * The export account, held until the transaction ends: everything that changes it or its keys begins with this, so that limits and
 * who-came-first hold. Null when there is none.
 */
export async function lockExportAccount(
  tx: Tx,
  accountId: string,
  exportAccountId: string,
): Promise<StoredExportAccount | null> {
  await tx.sql
    .selectFrom('export_account')
    .select('id')
    .where('account_id', '=', accountId)
    .where('id', '=', exportAccountId)
    .forUpdate()
    .execute();
  return (await readExportAccounts(tx, accountId, exportAccountId))[0] ?? null;
}

/** Whether a key may still be signed in with, or wait for it. */
export function stands({ state }: Pick<StoredExportKey, 'state'>): boolean {
  return state === 'pending' || state === 'active' || state === 'ending';
}
