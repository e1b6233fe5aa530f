import type { Deletion } from '@samtal/contract/retention';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { normalCaseId, readCursor, writeCursor } from '../conversations/index.ts';
import { caseHashOf } from './case-hash.ts';

/** The deletion log, newest first, a page at a time; with a case id the deletion of that case. */
export async function readDeletions(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  { caseId, cursor, limit = 50 }: { caseId?: string; cursor?: string; limit?: number },
): Promise<{ items: Deletion[]; next: string | null }> {
  let query = tx.sql
    .selectFrom('deletion')
    .selectAll()
    .select(
      sql<string>`to_char(deletion.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('exactly'),
    )
    .where('account_id', '=', account);
  if (caseId !== undefined) {
    const hash = (await caseHashOf(keyring, account))(normalCaseId(caseId));
    query = query.where('id', 'in', (eb) =>
      eb
        .selectFrom('deleted_case')
        .select('deletion_id')
        .where('account_id', '=', account)
        .where('case_hash', '=', hash),
    );
  }
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    query = query.where(sql<boolean>`(at, id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  const rows = await query
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      dataClass: row.data_class,
      count: row.count,
      cause: row.cause,
      setting: row.setting,
      settingDays: row.setting_days,
      settingOrigin: row.setting_origin,
      settingVersion: row.setting_version,
      erasureId: row.erasure_id,
    })),
    next: rows.length > limit && last !== undefined ? writeCursor(last.exactly, last.id) : null,
  };
}
