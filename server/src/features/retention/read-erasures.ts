import type { Erasure } from '@samtal/contract/retention';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { readCursor, writeCursor, isHeld } from '../conversations/index.ts';

interface Row extends Omit<Erasure, 'requestedAt' | Moment> {
  readonly requestedAt: Date;
  readonly liveErasedAt: Date | null;
  readonly bucketRotatedAt: Date | null;
  readonly backupsUntil: Date | null;
  readonly backupsExpiredAt: Date | null;
  readonly exactly: string;
}
type Moment = 'liveErasedAt' | 'bucketRotatedAt' | 'backupsUntil' | 'backupsExpiredAt';

/** Requests for erasure, newest first, a page at a time; or the one with this id. */
async function readRows(
  tx: ReadTx,
  account: string,
  { id = null, cursor, limit }: { id?: string | null; cursor?: string; limit: number },
): Promise<Row[]> {
  const from = cursor === undefined ? null : readCursor(cursor);
  const { rows } = await sql<Row>`
    select erasure.id, state, wanted, attribute, reference, requested_at as "requestedAt",
      requested_by as "requestedBy", name_at_work(erasure.account_id, requested_by) as "requestedByName", log_lines as "logLines",
      live_erased_at as "liveErasedAt", bucket_rotated_at as "bucketRotatedAt", backups_until as "backupsUntil",
      backups_expired_at as "backupsExpiredAt", record is not null as "hasRecord", cases.*,
      to_char(requested_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as exactly
    from erasure
    cross join lateral (
      select count(*) as conversations, count(wanted.conversation_id) as remaining,
        count(conversation.id) filter (where ${isHeld}) as held
      from erasure_case wanted
      left join conversation on conversation.account_id = wanted.account_id and conversation.id = wanted.conversation_id
      where wanted.account_id = erasure.account_id and wanted.erasure_id = erasure.id) cases
    where erasure.account_id = ${account} and (${id}::uuid is null or erasure.id = ${id}::uuid)
      and (${from?.at ?? null}::timestamptz is null
        or (requested_at, erasure.id) < (${from?.at ?? null}::timestamptz, ${from?.id ?? null}::uuid))
    order by requested_at desc, erasure.id desc limit ${limit}`.execute(tx.sql);
  return rows;
}

export async function readErasures(
  tx: ReadTx,
  account: string,
  { cursor, limit = 50 }: { cursor?: string; limit?: number },
): Promise<{ items: Erasure[]; next: string | null }> {
  const rows = await readRows(tx, account, { limit: limit + 1, ...(cursor === undefined ? {} : { cursor }) });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? writeCursor(last.exactly, last.id) : null;
  return { items: page.map(present), next };
}

export async function readErasure(tx: ReadTx, account: string, id: string): Promise<Erasure> {
  return present(found((await readRows(tx, account, { id, limit: 1 }))[0]));
}

function present(row: Row): Erasure {
  return {
    id: row.id,
    state: row.state,
    wanted: row.wanted,
    attribute: row.attribute,
    reference: row.reference,
    requestedAt: row.requestedAt.toISOString(),
    requestedBy: row.requestedBy,
    requestedByName: row.requestedByName,
    conversations: row.conversations,
    remaining: row.remaining,
    held: row.held,
    logLines: row.logLines,
    liveErasedAt: row.liveErasedAt?.toISOString() ?? null,
    bucketRotatedAt: row.bucketRotatedAt?.toISOString() ?? null,
    backupsUntil: row.backupsUntil?.toISOString() ?? null,
    backupsExpiredAt: row.backupsExpiredAt?.toISOString() ?? null,
    hasRecord: row.hasRecord,
  };
}
