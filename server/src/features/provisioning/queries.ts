import { scimLimits } from '@samtal/contract/provisioning';
import { sql, type RawBuilder } from 'kysely';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { parseFilter, type Comparison } from './filter.ts';

/** A user as the directory sees one: with an address in a verified domain, and not merely invited. */
export interface DirectoryUser {
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string;
  readonly active: boolean;
  readonly inactiveBecause: 'administrator' | 'unused' | 'directory' | null;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface DirectoryGroup {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly members: readonly { readonly id: string; readonly name: string }[];
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export interface Wanted {
  readonly filter?: string;
  /** From 1. */
  readonly startIndex?: number;
  readonly count?: number;
}

export interface Found<Resource> {
  readonly resources: Resource[];
  readonly total: number;
  readonly startIndex: number;
}

/** SQL: the domain of a membership’s address, in lower case. */
const domain = sql<string>`lower(regexp_replace(m.email, '^.*@', ''))`;

/** SQL, of `membership m` and `provisioned_user p`: whom the directory sees. */
export const seen = sql<boolean>`(m.status <> 'invited' and exists (select from verified_domain v
  where v.account_id = m.account_id and v.domain = ${domain}))`;

const users = sql`membership m left join provisioned_user p on p.account_id = m.account_id and p.user_id = m.user_id`;

const userColumns = sql`
  m.user_id as id, coalesce(p.user_name, m.email) as "userName", p.external_id as "externalId", m.name, m.email,
  m.status = 'active' as active, m.inactive_because as "inactiveBecause", m.created_at as "createdAt",
  greatest(m.created_at, p.changed_at, (select max(version.changed_at) from configuration_version version
    where version.account_id = m.account_id and version.kind = 'user' and version.object_id = m.user_id)) as "changedAt",
  coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.id)
    from directory_group_member d join directory_group g on g.account_id = d.account_id and g.id = d.group_id
    where d.account_id = m.account_id and d.user_id = m.user_id), '[]') as groups`;

/** One user whom the directory sees, or null. */
export async function readDirectoryUser(
  tx: ReadTx,
  account: string,
  userId: string,
): Promise<DirectoryUser | null> {
  const { rows } = await sql<DirectoryUser>`select ${userColumns} from ${users}
    where m.account_id = ${account} and m.user_id = ${userId} and ${seen}`.execute(tx.sql);
  return rows[0] ?? null;
}

/** Those whom the directory sees, the oldest first. Refuses with provisioning.filter. */
export async function findDirectoryUsers(
  tx: ReadTx,
  account: string,
  wanted: Wanted,
): Promise<Found<DirectoryUser>> {
  const where = conditions(wanted, userCondition);
  return await page<DirectoryUser>(tx, wanted, {
    rows: sql`select ${userColumns} from ${users} where m.account_id = ${account} and ${seen} and ${where}
      order by m.created_at, m.user_id`,
    count: sql`select count(*)::int as total from ${users} where m.account_id = ${account} and ${seen} and ${where}`,
  });
}

const memberOf = sql`directory_group_member d join membership m on m.account_id = d.account_id and m.user_id = d.user_id`;

const groupColumns = sql`
  g.id, g.name, g.external_id as "externalId", g.created_at as "createdAt", g.changed_at as "changedAt",
  coalesce((select jsonb_agg(jsonb_build_object('id', m.user_id, 'name', m.name) order by m.user_id)
    from ${memberOf} where d.account_id = g.account_id and d.group_id = g.id and ${seen}), '[]') as members`;

/** One group, or null. */
export async function readDirectoryGroup(
  tx: ReadTx,
  account: string,
  groupId: string,
): Promise<DirectoryGroup | null> {
  const { rows } = await sql<DirectoryGroup>`select ${groupColumns} from directory_group g
    where g.account_id = ${account} and g.id = ${groupId}`.execute(tx.sql);
  return rows[0] ?? null;
}

/** The groups, the oldest first. Refuses with provisioning.filter. */
export async function findDirectoryGroups(
  tx: ReadTx,
  account: string,
  wanted: Wanted,
): Promise<Found<DirectoryGroup>> {
  const where = conditions(wanted, groupCondition);
  return await page<DirectoryGroup>(tx, wanted, {
    rows: sql`select ${groupColumns} from directory_group g where g.account_id = ${account} and ${where}
      order by g.created_at, g.id`,
    count: sql`select count(*)::int as total from directory_group g where g.account_id = ${account} and ${where}`,
  });
}

/** `count` of 0 asks how many there are; less than that counts as 0, and a start before the first as the first (RFC 7644, 3.4.2.4). */
async function page<Resource>(
  tx: ReadTx,
  { startIndex = 1, count = scimLimits.resources }: Wanted,
  { rows, count: counted }: { rows: RawBuilder<unknown>; count: RawBuilder<unknown> },
): Promise<Found<Resource>> {
  const start = Math.max(1, Math.min(startIndex, 1_000_000_000));
  const limit = Math.max(0, Math.min(count, scimLimits.resources));
  const total = await sql<{ total: number }>`${counted}`.execute(tx.sql);
  const found = await sql<Resource>`${rows} limit ${limit} offset ${start - 1}`.execute(tx.sql);
  return { resources: found.rows, total: total.rows[0]?.total ?? 0, startIndex: start };
}

function conditions(
  { filter }: Wanted,
  conditionOf: (comparison: Comparison) => RawBuilder<boolean> | null,
): RawBuilder<boolean> {
  if (filter === undefined || filter.trim() === '') return sql<boolean>`true`;
  const all = parseFilter(filter).map((comparison) => {
    const condition = conditionOf(comparison);
    if (condition === null) throw new Refusal('provisioning.filter');
    return condition;
  });
  return sql<boolean>`${sql.join(all, sql` and `)}`;
}

function userCondition({ attribute, value }: Comparison): RawBuilder<boolean> | null {
  if (typeof value === 'boolean') {
    if (attribute === 'active') return sql<boolean>`(m.status = 'active') = ${value}`;
    return attribute === 'emails.primary' ? sql<boolean>`${value}::boolean` : null;
  }
  switch (attribute) {
    case 'id':
      return sql<boolean>`m.user_id::text = lower(${value})`;
    case 'username':
      return sql<boolean>`lower(coalesce(p.user_name, m.email)) = lower(${value})`;
    // Of exact case (RFC 7643, 3.1).
    case 'externalid':
      return sql<boolean>`p.external_id = ${value}`;
    case 'displayname':
    case 'name.formatted':
      return sql<boolean>`lower(m.name) = lower(${value})`;
    case 'emails':
    case 'emails.value':
      return sql<boolean>`lower(m.email) = lower(${value})`;
    case 'emails.type':
      return sql<boolean>`${value.toLowerCase() === 'work'}::boolean`;
    default:
      return null;
  }
}

function groupCondition({ attribute, value }: Comparison): RawBuilder<boolean> | null {
  if (typeof value === 'boolean') return null;
  switch (attribute) {
    case 'id':
      return sql<boolean>`g.id::text = lower(${value})`;
    case 'displayname':
      return sql<boolean>`lower(g.name) = lower(${value})`;
    case 'externalid':
      return sql<boolean>`g.external_id = ${value}`;
    case 'members':
    case 'members.value':
      return sql<boolean>`exists (select from directory_group_member d
        where d.account_id = g.account_id and d.group_id = g.id and d.user_id::text = lower(${value}))`;
    default:
      return null;
  }
}
