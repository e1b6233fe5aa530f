import { chainBegin, recordAudit, type AuditActor } from '../../platform/audit/index.ts';
import { csvRecord } from '../../platform/csv/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { presentEntries } from './presenter.ts';
import { readEntriesAfter, type AuditFilter, type AuditRow } from './queries.ts';

const pageSize = 1_000;

export type AuditFormat = 'jsonl' | 'csv';

/**
 * One account’s trail as a file, oldest first, read a page at a time while it is written. The export is recorded before
 * anything leaves. Formats: docs/subsystems/audit.md.
 */
export async function exportEntries(
  database: Database,
  account: string,
  { format, filter, actor }: { format: AuditFormat; filter: AuditFilter; actor: AuditActor },
): Promise<AsyncIterable<string>> {
  const { last, begin } = await database.transaction(account, async (tx) => {
    const newest = await tx.sql
      .selectFrom('audit_entry')
      .select((eb) => eb.fn.max('seq').as('seq'))
      .where('account_id', '=', account)
      .executeTakeFirst();
    await recordAudit(tx, account, {
      action: 'audit.exported',
      actor,
      details: { format, by: Object.keys(filter) },
    });
    return { last: newest?.seq ?? 0, begin: await chainBegin(tx, account) };
  });
  const page = async (after: number) =>
    await database.read(account, async (tx) => {
      const rows = await readEntriesAfter(tx, account, { filter, after, last, limit: pageSize });
      const lines =
        format === 'csv'
          ? (await presentEntries(tx, account, rows)).map((entry, index) => csvLine(entry, rows[index]))
          : rows.map(jsonLine);
      return { lines, after: rows.length < pageSize ? null : (rows.at(-1)?.seq ?? null) };
    });
  return (async function* () {
    if (format === 'csv') yield csvRecord(csvColumns);
    else {
      const header = {
        format: 'samtal-audit/v1',
        account,
        after: begin.seq,
        hash: begin.hash.toString('hex'),
      };
      yield `${JSON.stringify({ ...header, filtered: Object.keys(filter).length > 0 })}\n`;
    }
    for (let after: number | null = begin.seq; after !== null;) {
      const read: Awaited<ReturnType<typeof page>> = await page(after);
      if (read.lines.length > 0) yield read.lines.join('');
      after = read.after;
    }
  })();
}

/** The text of the body is what was hashed, so it stays a text. */
function jsonLine({ seq, at, body, previous, hash }: AuditRow): string {
  const hex = { previous: previous.toString('hex'), hash: hash.toString('hex') };
  return `${JSON.stringify({ seq, at: at.toISOString(), body, ...hex })}\n`;
}

const csvColumns = [
  'seq',
  'at',
  'action',
  'actor kind',
  'actor id',
  'actor name',
  'subject kind',
  'subject id',
  'subject name',
  'details',
  'hash',
];

function csvLine(
  { seq, at, action, actor, subject, details }: Awaited<ReturnType<typeof presentEntries>>[number],
  row: AuditRow | undefined,
): string {
  return csvRecord([
    seq,
    at,
    action,
    actor.kind,
    actor.id,
    actor.name,
    subject?.kind ?? null,
    subject?.id ?? null,
    subject?.name ?? null,
    Object.keys(details).length === 0 ? null : JSON.stringify(details),
    row?.hash.toString('hex') ?? null,
  ]);
}
