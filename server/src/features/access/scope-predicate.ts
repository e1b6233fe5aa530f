import type { Scope } from '@samtal/contract/access';
import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** The columns that stand for a row's region, team, queue and site. Null: rows have no such thing, and so no match. */
export interface ScopeColumns {
  readonly region: string;
  readonly team: string;
  readonly queue: string;
  readonly site: string | null;
}

/**
 * `covers` in SQL, for lists, counts and single reads alike: the row lies in one of the scopes. Region and team are
 * columns of the queue, which must be joined. Without any scope no row does.
 */
export function withinScopes(scopes: readonly Scope[], columns: ScopeColumns): RawBuilder<SqlBool> {
  return anyOf(
    scopes.map((scope) =>
      allOf([
        ...matches(columns.region, scope.region, 'text[]'),
        ...matches(columns.team, scope.team, 'text[]'),
        ...matches(columns.queue, scope.queue, 'uuid[]'),
        ...matches(columns.site, scope.site, 'uuid[]'),
      ]),
    ),
  );
}

function matches(
  column: string | null,
  values: readonly string[] | undefined,
  type: 'text[]' | 'uuid[]',
): RawBuilder<SqlBool>[] {
  if (values === undefined) return [];
  if (column === null) return [sql<SqlBool>`false`];
  // A missing value is no match, rather than unknown: the predicate may then be negated safely.
  return [sql<SqlBool>`coalesce(${sql.ref(column)} = any(${[...values]}::${sql.raw(type)}), false)`];
}

function allOf(parts: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return parts.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(parts, sql` and `)})`;
}

function anyOf(parts: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return parts.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
}
