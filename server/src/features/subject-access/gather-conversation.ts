import {
  exportedKinds,
  type SubjectConversation,
  type SubjectFile,
  type SubjectRecipient,
} from '@samtal/contract/subject-access';
import type { ReadTx } from '../../platform/database/index.ts';
import { isThere, readRatings, readTags, type ConversationRow } from '../conversations/index.ts';
import { readRecipients } from '../mail/index.ts';
import { readProfile, type VisitorsParts } from '../visitors/index.ts';
import { presentEntry } from './present-entry.ts';

/** All that is stored of one conversation. Null when it has been erased since it was found. */
export async function gatherConversation(
  tx: ReadTx,
  { keys, log }: VisitorsParts,
  row: ConversationRow,
  { notes, files }: { notes: 'included' | 'left-out'; files: readonly SubjectFile[] },
): Promise<SubjectConversation | null> {
  const { account_id: account, id } = row;
  // NOTE: a key that is known proves nothing: for a moment it is, although this state of the database has no row any more.
  if (!(await isThere(tx, account, id))) return null;
  const kinds = exportedKinds.filter((kind) => kind !== 'note' || notes === 'included');
  const entries: SubjectConversation['entries'] = [];
  let unreadable = 0;
  for await (const page of log.pagesOf(tx, account, [row], kinds)) {
    entries.push(...page.found.map(presentEntry));
    unreadable += page.unreadable;
  }
  return {
    caseId: row.case_id,
    state: row.state,
    siteName: row.site_name,
    queueName: row.queue_name,
    startedAt: row.started_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    handledBy: [
      ...new Set(
        entries.flatMap((entry) => (entry.kind === 'joined' && entry.name !== null ? [entry.name] : [])),
      ),
    ],
    tags: (await readTags(tx, account, [id])).get(id) ?? [],
    rating: (await readRatings(tx, account, [id])).get(id) ?? null,
    profile: await readProfile(tx, keys, account, id),
    files: [...files],
    recipients: (await readRecipients(tx, keys, account, id)).map(
      ({ body, at, state, endedAt }): SubjectRecipient => ({
        to: body?.to ?? null,
        at: at.toISOString(),
        state,
        sentAt: state === 'sent' ? (endedAt?.toISOString() ?? null) : null,
        note: notes === 'included' ? (body?.note ?? null) : null,
        reason: notes === 'included' ? (body?.reason ?? null) : null,
      }),
    ),
    // Streams are told apart no more: what happened at the same time keeps the order of its stream.
    entries: entries.toSorted((one, other) => one.at.localeCompare(other.at)),
    unreadable,
  };
}
