import type { Entry } from '@samtal/contract/conversations';
import type { exportedKinds, SubjectEntry } from '@samtal/contract/subject-access';
import type { FoundEntry } from '../conversations/index.ts';

export type ExportedKind = (typeof exportedKinds)[number];
type ExportedEntry = Extract<Entry, { kind: ExportedKind }>;

/**
 * An entry as its subject gets it. Agents are named where the visitor saw their names, which is in the public stream; in
 * the internal one they are agents: the names of employees are not the visitor's data.
 */
export function presentEntry({ audience, entry }: FoundEntry<ExportedKind>): SubjectEntry {
  const by = entry.actor.kind === 'system' ? 'platform' : entry.actor.kind;
  return {
    at: entry.at,
    kind: entry.kind,
    by,
    name: audience === 'public' ? nameIn(entry) : null,
    text: entry.kind === 'message' || entry.kind === 'note' ? entry.body.text : null,
    details: detailsOf(entry),
  };
}

function nameIn(entry: ExportedEntry): string | null {
  if (entry.kind === 'joined' || entry.kind === 'left') return entry.body.agentName;
  return entry.actor.kind === 'agent' ? entry.actor.name : null;
}

function detailsOf(entry: ExportedEntry): SubjectEntry['details'] {
  switch (entry.kind) {
    case 'file':
      return { name: entry.body.name, mediaId: entry.body.mediaId };
    case 'resolved':
      return { by: entry.body.by, ...(entry.body.text === undefined ? {} : { text: entry.body.text }) };
    case 'transferred':
    case 'connection':
    case 'tagged':
      return { ...entry.body };
    case 'profile':
      return { keys: entry.body.keys, by: entry.body.verified === true ? 'ticket' : 'page' };
    default:
      return {};
  }
}
