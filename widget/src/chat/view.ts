import type { Entry, Score } from '@samtal/contract/conversations';
import type { Facts } from './facts.ts';
import type { Upload } from './uploads.ts';

/** A post of the visitor's that the log does not show yet. */
export interface Unsent {
  readonly cid: string;
  readonly text: string;
  readonly writtenAt: number;
  readonly failed: boolean;
}

/** What stands in the visitor's way; each has a text, `problem.<name>`. */
export type Trouble = 'unreachable' | 'busy' | 'refused' | 'signIn' | 'end';

/** What the visitor says of an ended conversation, and what became of that: a text each, `rating.<outcome>`. */
export interface Rating {
  readonly score: Score | null;
  readonly outcome: 'none' | 'sending' | 'thanks' | 'failed' | 'closed';
}

/** All that the panel shows. */
export interface View {
  /** `none`: nothing is written yet. `opening`: the first message is on its way. */
  readonly state: 'none' | 'opening' | Facts['state'];
  /** An earlier page's conversation is being fetched. */
  readonly loading: boolean;
  readonly caseId: string | null;
  readonly agentName: string | null;
  readonly ending: Facts['ending'];
  readonly endingText: Facts['endingText'];
  /** Null while the visitor is not asked. */
  readonly rating: Rating | null;
  readonly entries: readonly Entry[];
  readonly unsent: readonly Unsent[];
  readonly uploads: readonly Upload[];
  readonly connected: boolean;
  /** The connection has been away for long enough to be worth telling. */
  readonly interrupted: boolean;
  /** Who is writing. An empty string when it is not known who. */
  readonly typing: string | null;
  /** Conversations before this one in the queue. */
  readonly ahead: number | null;
  /** The last seq that the agent has read. */
  readonly agentRead: number;
  readonly unread: number;
  readonly trouble: Trouble | null;
  /** Grows each time that unsent text was put back into the draft. */
  readonly returned: number;
}

export const emptyView: View = {
  state: 'none',
  loading: false,
  caseId: null,
  agentName: null,
  ending: null,
  endingText: null,
  rating: null,
  entries: [],
  unsent: [],
  uploads: [],
  connected: false,
  interrupted: false,
  typing: null,
  ahead: null,
  agentRead: 0,
  unread: 0,
  trouble: null,
  returned: 0,
};
