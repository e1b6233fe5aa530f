import type { Scope } from '@samtal/contract/access';
import { covers } from '../access/index.ts';

/** An agent who could be offered a conversation. */
export interface Candidate {
  readonly userId: string;
  readonly name: string;
  /** Where the agent may be offered conversations. */
  readonly scopes: readonly Scope[];
  readonly conversations: number;
  readonly maxConversations: number;
  readonly idleSince: Date;
}

/** A conversation that waits, and where it belongs. */
export interface WaitingConversation {
  readonly id: string;
  readonly place: { units: readonly string[]; queue: string; site: string | null };
  /** When agents declined or missed it since it entered the queue, by user id. */
  readonly refusedBy: ReadonlyMap<string, { times: number; last: Date }>;
}

/** Whoever has refused a conversation is asked again only after everyone else, and not at once. */
const askAgainAfterMs = 20_000;

/**
 * Who gets the conversation (E1): among those within their limit and scope, whoever refused it least often, then the
 * least busy, then the longest idle. Null when nobody is there to take it.
 */
export function chooseAgent(
  conversation: WaitingConversation,
  candidates: readonly Candidate[],
  now: Date,
): Candidate | null {
  const refusals = (candidate: Candidate) => conversation.refusedBy.get(candidate.userId)?.times ?? 0;
  const mayAsk = (candidate: Candidate) => {
    const refused = conversation.refusedBy.get(candidate.userId);
    return refused === undefined || now.getTime() - refused.last.getTime() >= askAgainAfterMs;
  };
  const [first] = candidates
    .filter((candidate) => candidate.conversations < candidate.maxConversations)
    .filter((candidate) => candidate.scopes.some((scope) => covers(scope, conversation.place)))
    .filter(mayAsk)
    .toSorted(
      (one, other) =>
        refusals(one) - refusals(other) ||
        one.conversations - other.conversations ||
        one.idleSince.getTime() - other.idleSince.getTime(),
    );
  return first ?? null;
}
