import type { AuditEntry } from '@samtal/contract/audit';
import type { ReadTx } from '../../platform/database/index.ts';
import { bodyOf, readNames, type AuditRow } from './queries.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Entries with the names that users and things have now. The trail itself holds ids, so that names can be forgotten. */
export async function presentEntries(
  tx: ReadTx,
  account: string,
  rows: readonly AuditRow[],
): Promise<AuditEntry[]> {
  const entries = rows.map((row) => ({ row, body: bodyOf(row) }));
  const ids = entries
    .flatMap(({ body: { actor, subject, details } }) => [
      actor.id,
      subject?.id,
      ...Object.values(details ?? {}),
    ])
    .filter(isId);
  const names = await readNames(tx, account, ids);
  const nameOf = (id: string | undefined) => (id === undefined ? null : (names.get(id) ?? null));
  return entries.map(({ row: { seq, at }, body: { action, actor, subject, details } }) => ({
    seq,
    at: at.toISOString(),
    action,
    actor: { kind: actor.kind, id: actor.id ?? null, name: nameOf(actor.id) },
    subject: subject === undefined ? null : { ...subject, name: nameOf(subject.id) },
    details: { ...details },
    names: Object.fromEntries(
      Object.values(details ?? {})
        .filter(isId)
        .flatMap((id) => (names.has(id) ? [[id, names.get(id) ?? '']] : [])),
    ),
  }));
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
