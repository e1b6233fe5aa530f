import type { ConfigurationKind } from '@samtal/contract/history';
import { sql } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { nameInVersion } from '../../platform/history/index.ts';
import { decodeCursor, encodeCursor } from '../../platform/pages/index.ts';

type Body = Readonly<Record<string, unknown>>;

export interface StoredVersion {
  readonly kind: ConfigurationKind;
  readonly objectId: string;
  readonly name: string | null;
  readonly version: number;
  readonly newest: number;
  readonly found: boolean;
  readonly at: Date;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly reason: string;
  readonly restoredFrom: number | null;
  readonly body: Body | null;
  /** The version before; null where there is none, or it was a removal. */
  readonly before: Body | null;
}

export interface WantedVersions {
  readonly kind?: ConfigurationKind;
  readonly objectId?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** One page of versions, newest first. */
export async function readVersions(
  tx: ReadTx,
  account: string,
  { kind, objectId, cursor, limit = 50 }: WantedVersions,
): Promise<{ versions: StoredVersion[]; next: string | null }> {
  let query = versionsOf(tx, account)
    .orderBy('v.changed_at', 'desc')
    .orderBy('v.object_id', 'desc')
    .orderBy('v.version', 'desc')
    .limit(limit + 1);
  if (kind !== undefined) query = query.where('v.kind', '=', kind);
  if (objectId !== undefined) query = query.where('v.object_id', '=', objectId);
  const after = decodeCursor(cursor, ['instant', 'id', 'number']);
  if (after !== null) {
    const [at, id, version] = after;
    query = query.where(
      sql<boolean>`(v.changed_at, v.object_id, v.version) < (${at}::timestamptz, ${id}::uuid, ${version}::integer)`,
    );
  }
  const rows = await query.execute();
  const versions = rows.slice(0, limit);
  const last = rows.length > limit ? versions.at(-1) : undefined;
  return {
    versions,
    next: last === undefined ? null : encodeCursor([last.exactly, last.objectId, String(last.version)]),
  };
}

/** One version, or null. */
export async function readVersion(
  tx: ReadTx,
  account: string,
  at: { kind: ConfigurationKind; objectId: string; version: number },
): Promise<StoredVersion | null> {
  const row = await versionsOf(tx, account)
    .where('v.kind', '=', at.kind)
    .where('v.object_id', '=', at.objectId)
    .where('v.version', '=', at.version)
    .executeTakeFirst();
  return row ?? null;
}

/** What the object of `v` is called: settings go by their channel, people by their membership, the rest by themselves. */
const nameOfObject = sql<string | null>`coalesce(
  (select member.name from membership member
    where member.account_id = v.account_id
      and member.user_id = case v.kind when 'user' then v.object_id
        when 'grant' then (coalesce(v.body, before.body) ->> 'userId')::uuid end),
  (select coalesce(known.body ->> 'name', known.body ->> 'shortcut') from configuration_version known
    where known.account_id = v.account_id and known.object_id = v.object_id
      and known.kind = case v.kind when 'settings' then 'site' else v.kind end
      and known.body is not null and v.kind not in ('user', 'grant') and v.object_id <> v.account_id
    order by known.version desc limit 1),
  (select site.name from site
    where v.kind = 'settings' and site.account_id = v.account_id and site.id = v.object_id))`;

/** The body of a version; of a user with the name that stands beside it, while that is known. */
function bodyWithName(version: string) {
  return sql<Body | null>`${sql.ref(`${version}.body`)} || case when ${nameInVersion(version)} is null then '{}'::jsonb
    else jsonb_build_object('name', ${nameInVersion(version)}) end`;
}

function versionsOf(tx: ReadTx, account: string) {
  return tx.sql
    .selectFrom('configuration_version as v')
    .leftJoin('configuration_version as before', (join) =>
      join
        .onRef('before.account_id', '=', 'v.account_id')
        .onRef('before.kind', '=', 'v.kind')
        .onRef('before.object_id', '=', 'v.object_id')
        .on(sql<boolean>`before.version = v.version - 1`),
    )
    .select([
      'v.kind',
      'v.object_id as objectId',
      'v.version',
      'v.found',
      'v.changed_at as at',
      'v.changed_by as userId',
      sql<string | null>`name_at_work(v.account_id, v.changed_by)`.as('userName'),
      'v.reason',
      'v.restored_from as restoredFrom',
      bodyWithName('v').as('body'),
      bodyWithName('before').as('before'),
      nameOfObject.as('name'),
      sql<number>`(select max(n.version) from configuration_version n
        where n.account_id = v.account_id and n.kind = v.kind and n.object_id = v.object_id)`.as('newest'),
      sql<string>`to_char(v.changed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('exactly'),
    ])
    .where('v.account_id', '=', account);
}
