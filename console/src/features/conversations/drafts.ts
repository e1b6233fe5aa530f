import { useState } from 'react';

export type DraftKind = 'message' | 'note';

interface Draft {
  kind: DraftKind;
  message: string;
  note: string;
}

/**
 * What is written but not sent, by conversation. In memory only: drafts hold what visitors confide, and browser
 * storage is plain text on the disk.
 */
const drafts = new Map<string, Draft>();

const emptyDraft: Draft = { kind: 'message', message: '', note: '' };

/** The draft of one conversation, kept while the agent looks at others. */
export function useDraft(conversationId: string) {
  const [draft, setDraft] = useState(() => drafts.get(conversationId) ?? emptyDraft);

  const change = (changes: Partial<Draft>) => {
    const next = { ...(drafts.get(conversationId) ?? emptyDraft), ...changes };
    drafts.set(conversationId, next);
    setDraft(next);
  };
  return {
    kind: draft.kind,
    text: draft[draft.kind],
    setKind: (kind: DraftKind) => change({ kind }),
    setText: (text: string) => change({ [drafts.get(conversationId)?.kind ?? 'message']: text }),
  };
}

/** Whether something unsent is written for the conversation’s visitor. */
export function hasDraft(conversationId: string): boolean {
  return (drafts.get(conversationId)?.message.trim() ?? '') !== '';
}
