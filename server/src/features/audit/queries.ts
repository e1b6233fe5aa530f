import type { AuditState } from '@samtal/contract/audit';
import { chainBegin } from '../../platform/audit/index.ts';
import { sql, type SelectQueryBuilder } from 'kysely';
import type { ReadTx, Tables } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';

/** What is wanted of the trail. Instants are RFC 3339 strings. */
export interface AuditFilter {
  readonly from?: string;
  /** Not included. */
  readonly until?: string;
  /** An action, or a feature. */
  readonly action?: string;
  readonly actorId?: string;
  readonly subjectKind?: string;
  readonly subjectId?: string;
}

export interface AuditRow {
  readonly seq: number;
  readonly at: Date;
  readonly body: string;
  readonly previous: Buffer;
  readonly hash: Buffer;
}

/** What the body of an entry says: what `recordAudit` was given. */
export interface AuditBody {
  readonly action: string;
  readonly actor: { readonly kind: string; readonly id?: string };
  readonly subject?: { readonly kind: string; readonly id: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

export function bodyOf({ body }: Pick<AuditRow, 'body'>): AuditBody {
  // Written by `recordAudit`, which takes nothing else.
  return JSON.parse(body) as AuditBody;
}

/** Sealed entries of the account, newest first, a page at a time. */
export async function findEntries(
  tx: ReadTx,
  account: string,
  { filter, cursor, limit }: { filter: AuditFilter; cursor: string | null; limit: number },
): Promise<{ rows: AuditRow[]; next: string | null }> {
  let query = entriesOf(tx, account, filter);
  if (cursor !== null) {
    const { at, seq } = readCursor(cursor);
    query = query.where(sql<boolean>`(at, seq) < (${at}::timestamptz, ${seq}::bigint)`);
  }
  const rows = await query
    .select(sql<string>`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('exactly'))
    .orderBy('at', 'desc')
    .orderBy('seq', 'desc')
    .limit(limit + 1)
    .execute();
  const last = rows[limit - 1];
  return {
    rows: rows.slice(0, limit),
    next:
      rows.length > limit && last !== undefined
        ? Buffer.from(`${last.exactly} ${last.seq}`).toString('base64url')
        : null,
  };
}

/** The next entries of the chain after `seq`, up to and including `last`. */
export async function readEntriesAfter(
  tx: ReadTx,
  account: string,
  { filter, after, last, limit }: { filter: AuditFilter; after: number; last: number; limit: number },
): Promise<AuditRow[]> {
  return await entriesOf(tx, account, filter)
    .where('seq', '>', after)
    .where('seq', '<=', last)
    .orderBy('seq')
    .limit(limit)
    .execute();
}

function entriesOf(
  tx: ReadTx,
  account: string,
  { from, until, action, actorId, subjectKind, subjectId }: AuditFilter,
): SelectQueryBuilder<Tables, 'audit_entry', AuditRow> {
  let query = tx.sql
    .selectFrom('audit_entry')
    .select(['seq', 'at', 'body', 'previous', 'hash'])
    .where('account_id', '=', account)
    // What lies before the base is on its way out.
    .where('seq', '>', (eb) =>
      eb.fn.coalesce(
        eb.selectFrom('audit_base').select('audit_base.seq').where('audit_base.account_id', '=', account),
        eb.lit(0),
      ),
    );
  if (from !== undefined) query = query.where('at', '>=', new Date(from));
  if (until !== undefined) query = query.where('at', '<', new Date(until));
  if (action !== undefined) {
    // The feature comes with every action, so that both use its index.
    query = query.where('feature', '=', action.split('.')[0] ?? '');
    if (action.includes('.')) query = query.where('action', '=', action);
  }
  if (actorId !== undefined) query = query.where('actor_id', '=', actorId);
  if (subjectKind !== undefined) query = query.where('subject_kind', '=', subjectKind);
  if (subjectId !== undefined) query = query.where('subject_id', '=', subjectId);
  return query;
}

function readCursor(cursor: string): { at: string; seq: number } {
  const [at = '', seq = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at) && /^\d{1,15}$/.test(seq))
    return { at, seq: Number(seq) };
  throw new Refusal('request.invalid', {
    fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }],
  });
}

/** The names that ids in the trail have today, by id: of users, roles, units, queues, sites and destinations; and conversations’ case ids. */
export async function readNames(
  tx: ReadTx,
  account: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; name: string }>`
    with wanted as (select unnest(${[...new Set(ids)]}::uuid[]) as id)
    select user_id as id, name from membership where account_id = ${account} and user_id in (select id from wanted)
    union all select id, name from role where account_id = ${account} and id in (select id from wanted)
    union all select id, name from api_key where account_id = ${account} and id in (select id from wanted)
    union all select id, operator_name from operator_access where account_id = ${account} and id in (select id from wanted)
    union all select id, name from unit where account_id = ${account} and id in (select id from wanted)
    union all select id, name from queue where account_id = ${account} and id in (select id from wanted)
    union all select id, name from site where account_id = ${account} and id in (select id from wanted)
    union all select id, name from identity_provider where account_id = ${account} and id in (select id from wanted)
    union all select id, name from audit_destination where account_id = ${account} and id in (select id from wanted)
    union all select id, case_id from conversation where account_id = ${account} and id in (select id from wanted)
  `.execute(tx.sql);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** When the chain was verified last, and what checkpoints say of it. In scope `platform`. */
export async function readState(
  tx: ReadTx,
  account: string,
): Promise<Omit<AuditState, 'publicKey' | 'fingerprint'>> {
  const verified = await tx.sql
    .selectFrom('audit_verification')
    .selectAll()
    .where('account_id', '=', account)
    .executeTakeFirst();
  const leaves = tx.sql.selectFrom('audit_checkpoint_leaf').where('account_id', '=', account);
  const { count } = await leaves
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const newest = await leaves
    .innerJoin('audit_checkpoint', 'number', 'checkpoint')
    .select(['number', 'at', 'seq'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const base = await chainBegin(tx, account);
  return {
    verified:
      verified === undefined
        ? null
        : {
            at: verified.at.toISOString(),
            entries: verified.entries,
            fault: verified.fault === null ? null : { code: verified.fault, seq: verified.fault_seq ?? 1 },
          },
    checkpoints: count,
    newest: newest === undefined ? null : { ...newest, at: newest.at.toISOString() },
    prunedTo: base.seq === 0 ? null : base.seq,
  };
}
