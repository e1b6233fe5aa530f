import type { TestDatabase } from './database.ts';

/** What changes by being asked or a moment later: uses of sessions, tokens, what waits to be sealed, was noted, or is counted. */
const restless = [
  'session',
  'csrf_token',
  'audit_outbox',
  'audit_entry',
  'audit_head',
  'audit_checkpoint',
  'audit_checkpoint_leaf',
  'sign_in_failure',
  'request_quota',
  'activity_session',
  'activity_entry',
  'fact',
  'stale_hour',
  'carried_hour',
  'rolled_up',
  'figure',
  'unpublished_period',
  'statistics_file',
  'migration',
];

/** The same of single columns: on which day somebody was last at work, when who decides was told of a request, what statistics were told, and how far the audit trail was sent on. */
const restlessColumns: Readonly<Record<string, string>> = {
  membership: '{last_active_on,unused_notice}',
  operator_access: '{told_at}',
  agent_presence: '{told,told_limit}',
  audit_destination:
    '{delivered_seq,delivered_checkpoint,delivered_at,failures,failing_since,failure,next_try_at,lease,leased_until}',
};

/** Rows and a checksum of every table that only actions change, and how many audit entries there are. */
export async function tableContents(db: TestDatabase): Promise<Record<string, string>> {
  const { rows: tables } = await db.asOwner<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'samtal'::regnamespace and relkind = 'r' order by relname",
  );
  // One statement, so that all tables are seen as they were at one moment.
  const parts = tables
    .filter((table) => !restless.includes(table.name))
    .map(
      ({ name }) =>
        `select '${name}' as name,
           count(*) || ' ' || coalesce(md5(string_agg(row::text, '' order by row::text)), '') as contents
         from (select ${plainRow(name)} as row from ${name} each) all_rows`,
    );
  const { rows } = await db.asOwner<{ name: string; contents: string }>(parts.join(' union all '));
  return Object.fromEntries(rows.map(({ name, contents }) => [name, contents]));
}

function plainRow(table: string): string {
  const columns = restlessColumns[table];
  return columns === undefined ? 'each::text' : `(to_jsonb(each) - '${columns}'::text[])::text`;
}
