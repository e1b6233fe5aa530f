import { randomUUID } from 'node:crypto';
import type { DeletedClass } from '@samtal/contract/retention';
import type { SettingKey, SettingOrigin } from '@samtal/contract/settings';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { digestOf } from './case-hash.ts';

/** Why something was deleted (G7). */
export type DeletionCause =
  | { readonly kind: 'retention'; readonly rule: RetentionRule | null }
  | { readonly kind: 'erasure'; readonly erasureId: string }
  | { readonly kind: 'end-of-contract' };

/** The setting by which something was due, as it stood at that moment. */
export interface RetentionRule {
  readonly setting: SettingKey;
  readonly days: number;
  readonly origin: SettingOrigin;
  /** Of the settings of that origin; null for the installation's and for defaults. */
  readonly version: number | null;
}

/**
 * Writes into the deletion log what the transaction deletes: how much of which class and why, and for conversations the
 * hashes of their case ids. The audit trail carries the same with a digest, so that the log cannot be changed unseen.
 * Returns the id of the deletion.
 */
export async function recordDeletion(
  tx: Tx,
  account: string,
  {
    dataClass,
    count,
    cause,
    cases = [],
  }: {
    dataClass: DeletedClass;
    count: number;
    cause: DeletionCause;
    cases?: readonly Buffer[];
  },
): Promise<string> {
  const id = randomUUID();
  const rule = cause.kind === 'retention' ? cause.rule : null;
  const digest = digestOf(cases);
  await tx.sql
    .insertInto('deletion')
    .values({
      account_id: account,
      id,
      data_class: dataClass,
      count,
      cause: cause.kind,
      setting: rule?.setting ?? null,
      setting_days: rule?.days ?? null,
      setting_origin: rule?.origin ?? null,
      setting_version: rule?.version ?? null,
      erasure_id: cause.kind === 'erasure' ? cause.erasureId : null,
      digest,
    })
    .execute();
  if (cases.length > 0)
    await sql`
    insert into deleted_case (account_id, deletion_id, case_hash)
    select ${account}::uuid, ${id}::uuid, hash from unnest(${[...cases]}::bytea[]) as hash
  `.execute(tx.sql);
  await recordAudit(tx, account, {
    action: 'retention.deleted',
    actor: { kind: 'system' },
    subject: { kind: 'deletion', id },
    details: { class: dataClass, count, cause: cause.kind, digest: digest.toString('hex') },
  });
  return id;
}
