import type { ConfigurationKind } from '@samtal/contract/history';
import { sql } from 'kysely';
import type { AuditActor } from '../audit/index.ts';
import { isUniqueViolation, type Tx } from '../database/index.ts';
import { Refusal } from '../http/index.ts';
import { keepNames, nameInVersion, type Names } from './names.ts';

/** What a change of something configured says besides what it changes. */
export interface ChangeNote {
  /** The version the change was made from. Without it, the change comes after whatever is newest. */
  readonly version?: number;
  readonly reason?: string;
  readonly restoredFrom?: number;
}

export interface NewVersion {
  readonly kind: ConfigurationKind;
  readonly objectId: string;
  /** The whole object as it was until now, which becomes the first version where there is none; null for a new one. */
  readonly before: object | null;
  /** The whole object as it is from now on; null when it is removed. Configuration only: no personal data. */
  readonly body: object | null;
  /** Of a user who stays: what is kept beside the version, for as long as the membership. */
  readonly names?: Names;
  readonly by: AuditActor;
  readonly note?: ChangeNote;
}

/**
 * Appends a version of something that is configured, in the transaction that changes it, and returns the number of the
 * newest one (H1). What is as it was already makes no version. The caller has locked the object, where it has a row.
 * Refuses with history.changed-meanwhile when another change came first.
 */
export async function recordVersion(
  tx: Tx,
  account: string,
  { kind, objectId, before, body, names, by, note = {} }: NewVersion,
): Promise<number> {
  const text = body === null ? null : JSON.stringify(body);
  const newest = await tx.sql
    .selectFrom('configuration_version')
    .select([
      'version',
      sql<boolean>`body is not distinct from ${text}::jsonb`.as('same'),
      nameInVersion('configuration_version').as('name'),
    ])
    .where('account_id', '=', account)
    .where('kind', '=', kind)
    .where('object_id', '=', objectId)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  const known = newest?.version ?? 0;
  if (note.version !== undefined && note.version !== known) throw new Refusal('history.changed-meanwhile');
  const sameName = names === undefined || names.after === (newest?.name ?? names.before);
  if (newest?.same === true && sameName) return known;
  const own = { account_id: account, kind, object_id: objectId };
  const found =
    newest === undefined && before !== null
      ? [
          {
            ...own,
            version: 1,
            body: JSON.stringify(before),
            changed_by: null,
            restored_from: null,
            found: true,
          },
        ]
      : [];
  const version = known + found.length + 1;
  const made = {
    ...own,
    version,
    body: text,
    changed_by: by.kind === 'user' || by.kind === 'api-key' ? by.id : null,
    reason: note.reason ?? '',
    restored_from: note.restoredFrom ?? null,
  };
  try {
    await tx.sql
      .insertInto('configuration_version')
      .values([...found, made])
      .execute();
  } catch (error) {
    if (isUniqueViolation(error, 'configuration_version_pkey'))
      throw new Refusal('history.changed-meanwhile');
    throw error;
  }
  if (names !== undefined) {
    const knownBefore = typeof newest?.name === 'string';
    await keepNames(tx, { account, userId: objectId }, { version, names, knownBefore });
  }
  return version;
}

/** SQL: the newest version of the object whose account and id these columns have; 0 while it has none. */
export function newestVersion(
  kind: ConfigurationKind,
  { account, id }: { readonly account: string; readonly id: string },
) {
  return sql<number>`coalesce((select max(newest.version) from configuration_version newest
    where newest.account_id = ${sql.ref(account)} and newest.kind = ${kind} and newest.object_id = ${sql.ref(id)}), 0)`;
}
