import { randomUUID } from 'node:crypto';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { seal, unseal, type Keyring } from '../../platform/keys/index.ts';
import type { ActivityReading } from '@samtal/contract/activity-log';
import { sql } from 'kysely';
import { Refusal } from '../../platform/http/index.ts';

/** The key of reasons: they may name people, so the database alone does not say them. */
const keyName = 'reading-reasons';

export interface Reading {
  /** Null for an operator. */
  readonly readBy: string | null;
  readonly conversation: { readonly id: string; readonly caseId: string } | null;
  readonly reason: string;
  readonly found: number;
}

/** Keeps who has read in the log, and why, as long as the account keeps its audit trail. */
export async function recordReading(
  tx: Tx,
  keyring: Keyring,
  account: string,
  { readBy, conversation, reason, found }: Reading,
): Promise<void> {
  const id = randomUUID();
  await keyring.createNamed(account, keyName);
  const key = await keyring.namedKey(account, keyName);
  await tx.sql
    .insertInto('activity_reading')
    .values({
      account_id: account,
      id,
      read_by: readBy,
      conversation_id: conversation?.id ?? null,
      case_id: conversation?.caseId ?? null,
      reason: seal(key, reasonPlace(account, id), Buffer.from(reason.trim())),
      found,
    })
    .execute();
}

/** A page of readings, newest first. */
export async function readReadings(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  { cursor, limit = 50 }: { cursor?: string; limit?: number },
): Promise<{ items: ActivityReading[]; next: string | null }> {
  let query = tx.sql.selectFrom('activity_reading').selectAll().where('account_id', '=', account);
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    query = query.where(sql<boolean>`(at, id) < (${at}::timestamptz, ${id}::uuid)`);
  }
  const rows = await query
    .select(sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('exactly'))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const key = page.length === 0 ? null : await keyring.namedKey(account, keyName);
  return {
    items: page.map((row) => ({
      id: row.id,
      at: row.at.toISOString(),
      readBy: row.read_by,
      conversationId: row.conversation_id,
      caseId: row.case_id,
      reason:
        row.reason === null || key === null
          ? null
          : unseal(key, reasonPlace(account, row.id), row.reason).toString(),
      found: row.found,
    })),
    next:
      rows.length > limit && last !== undefined
        ? Buffer.from(`${last.exactly} ${last.id}`).toString('base64url')
        : null,
  };
}

function readCursor(cursor: string): { at: string; id: string } {
  const [, at, id] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f-]{36})$/.exec(
      Buffer.from(cursor, 'base64url').toString(),
    ) ?? [];
  if (at === undefined || id === undefined)
    throw new Refusal('request.invalid', {
      fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }],
    });
  return { at, id };
}

function reasonPlace(account: string, id: string) {
  return { account, object: 'activity-reading', record: id, field: 'reason' };
}
