import type { EntryBody, Entry } from '@samtal/contract/conversations';

/** What the log says about where a conversation stands. */
export interface Facts {
  readonly state: 'waiting' | 'active' | 'resolved';
  readonly agentName: string | null;
  readonly ending: EntryBody<'resolved'>['by'] | null;
  /** What the account says about the ending; null where it says nothing. */
  readonly endingText: string | null;
  /** Whether the visitor is asked how it went. */
  readonly asksRating: boolean;
}

const unanswered: Facts = {
  state: 'waiting',
  agentName: null,
  ending: null,
  endingText: null,
  asksRating: false,
};

/**
 * waiting → active     an agent joins
 * active → waiting     the agent leaves, or the conversation is transferred
 * waiting, active → resolved
 */
export function factsOf(entries: readonly Entry[]): Facts {
  return entries.reduce(after, unanswered);
}

function after(facts: Facts, entry: Entry): Facts {
  switch (entry.kind) {
    case 'joined':
      return { ...facts, state: 'active', agentName: entry.body.agentName };
    case 'left':
    case 'transferred':
      return facts.state === 'active' ? { ...facts, state: 'waiting', agentName: null } : facts;
    case 'resolved': {
      const { by, text = null, asksRating = false } = entry.body;
      return { ...facts, state: 'resolved', ending: by, endingText: text, asksRating };
    }
    default:
      return facts;
  }
}
