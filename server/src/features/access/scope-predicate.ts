import type { Scope } from '@samtal/contract/access';
import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** The columns that stand for where a row is. `units` is a path of units. Null: rows have no such thing, and so no match. */
export interface ScopeColumns {
  readonly units: string;
  readonly queue: string | null;
  readonly site: string | null;
}

/**
 * `covers` in SQL, for lists, counts and single reads alike: the row lies in one of the scopes. The path of units stands in
 * the queue, which must be joined, so that no row asks for its ancestors. Without any scope no row does.
 */
export function withinScopes(scopes: readonly Scope[], columns: ScopeColumns): RawBuilder<SqlBool> {
  return anyOf(
    scopes.map((scope) =>
      allOf([
        ...overlaps(columns.units, scope.unit),
        ...matches(columns.queue, scope.queue),
        ...matches(columns.site, scope.site),
      ]),
    ),
  );
}

function matches(column: string | null, values: readonly string[] | undefined): RawBuilder<SqlBool>[] {
  if (values === undefined) return [];
  if (column === null) return [sql<SqlBool>`false`];
  // A missing value is no match, rather than unknown: the predicate may then be negated safely.
  return [sql<SqlBool>`coalesce(${sql.ref(column)} = any(${[...values]}::uuid[]), false)`];
}

function overlaps(column: string, values: readonly string[] | undefined): RawBuilder<SqlBool>[] {
  if (values === undefined) return [];
  return [sql<SqlBool>`coalesce(${sql.ref(column)} && ${[...values]}::uuid[], false)`];
}

function allOf(parts: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return parts.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`(${sql.join(parts, sql` and `)})`;
}

function anyOf(parts: readonly RawBuilder<SqlBool>[]): RawBuilder<SqlBool> {
  return parts.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(parts, sql` or `)})`;
}
