/** Where it happened: a conversation, with the queue and the site that it is in at that moment. */
interface Place {
  /** Its `fact_id`, which stands nowhere else. */
  readonly conversationId: string;
  readonly queueId: string;
  /** Null once the site is deleted. */
  readonly siteId: string | null;
}

interface Handling extends Place {
  readonly agentId: string;
}

/** Its value is the milliseconds since then, by the clock of the database. */
interface Since {
  readonly since: Date;
}

interface Offered extends Handling {
  readonly kind: 'offered';
}

/** About a conversation that has ended: told at the moment of its end. */
interface Rated extends Handling {
  readonly at: Date;
}

/**
 * What happened, for statistics (I1): a kind with its own fields, in ids, numbers and words of closed lists. Never a name, never a text,
 * and nothing of a visitor.
 *
 * - `queued`: it began to wait for an agent in the queue.
 * - `offered`, `accepted`, `declined`, `missed`, `withdrawn`: an offer was shown to an agent, and what became of it, with how long it stood.
 * - `answered`: the first agent joined since it was queued, with how long that took. Beside it stands `joined`.
 * - `abandoned`: the visitor left before an agent joined, after so long. `flowed-out`: it left the queue unanswered in another way.
 * - `joined`, `left`: an agent took it up and let it go, after so long and so many messages of theirs.
 * - `responded`: an agent’s first message after a turn of the visitor, with how long the visitor waited; written by the log.
 * - `resolved`: it ended, so long after it began.
 * - `link`: the visitor’s connection became weak, was lost, or is back.
 * - `agent-state`: an agent is there, away or gone from then on; `limit`: how many conversations they may have.
 * - `session-begun`: a visitor’s session began at a site.
 * - `rating-asked`, `rated`: a visitor was asked how it was, and said so from 1 to 5; the agent is the last one who had the conversation. Both
 *   stand at its end, whenever the answer came. A visitor may think better of it for half an hour: of the `rated` of one conversation only the one
 *   with the highest id counts, and all of them are in the same hour.
 */
export type Fact =
  | (Place & { readonly kind: 'queued'; readonly outcome: 'first' | 'transfer' | 'returned' })
  | Offered
  | (Handling & Since & { readonly kind: 'accepted' | 'declined' | 'missed' | 'withdrawn' | 'answered' })
  | (Place & Since & { readonly kind: 'abandoned' })
  | (Place & Since & { readonly kind: 'flowed-out'; readonly outcome: 'transferred' | 'ended' })
  | (Handling & {
      readonly kind: 'joined';
      readonly outcome: 'accepted' | 'taken' | 'assigned' | 'handed-over';
    })
  | (Handling &
      Since & {
        readonly kind: 'left';
        readonly outcome: 'transferred' | 'resolved';
        readonly counts: { readonly messages: number };
      })
  | (Place &
      Since & {
        readonly kind: 'resolved';
        readonly agentId: string | null;
        readonly outcome: 'visitor' | 'agent' | 'inactivity' | 'session-ended' | 'erased';
        readonly counts: ConversationCounts;
      })
  | (Place & { readonly kind: 'link'; readonly outcome: 'weak' | 'lost' | 'back' })
  | {
      readonly kind: 'agent-state';
      readonly agentId: string;
      readonly outcome: 'available' | 'away' | 'offline';
      readonly limit: number;
      /** When it became so; now unless it was noticed later. */
      readonly at?: Date;
    }
  | { readonly kind: 'session-begun'; readonly siteId: string }
  | (Rated & { readonly kind: 'rating-asked' })
  | (Rated & { readonly kind: 'rated'; readonly rating: 1 | 2 | 3 | 4 | 5 });

/** What a whole conversation came to. Times are absent where there was no such moment. */
export interface ConversationCounts {
  readonly visitorMessages: number;
  readonly agentMessages: number;
  /** How many agents joined, each counted once. */
  readonly agents: number;
  readonly transfers: number;
  /** From the beginning until the first agent joined, in milliseconds. */
  readonly waitedMs?: number;
  /** From the visitor’s first message until the first one of an agent, in milliseconds. */
  readonly firstResponseMs?: number;
}
