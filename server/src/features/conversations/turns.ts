import type { StreamName } from '@samtal/contract/conversations';
import { streamOfDraft, type Draft } from './draft.ts';
import type { LockedRow } from './log-statements.ts';

/** Whose turn it is in a stream: since when what the visitor wrote waits for an agent, and how long the first answer took. */
interface Turn {
  readonly since: Date | null;
  readonly firstResponseMs: number | null;
}

/** An agent's answer to a turn of the visitor. */
interface Response {
  readonly at: Date;
  readonly conversationId: string;
  readonly queueId: string;
  readonly siteId: string | null;
  readonly agentId: string;
  readonly ms: number;
  readonly outcome: 'first' | 'later';
}

/*
 *  nobody’s ──visitor writes──▶ waits for an agent ──agent writes──▶ nobody’s
 *
 * What a program writes in an agent’s place is no answer: it may be automatic.
 */
export function followTurns(
  fresh: readonly { readonly draft: Draft; readonly at: Date; readonly row: LockedRow }[],
): { turns: Map<StreamName, Turn>; responses: Response[] } {
  const turns = new Map<StreamName, Turn>();
  const responses: Response[] = [];
  for (const { draft, at, row } of fresh) {
    const stream = streamOfDraft(draft);
    const turn = turns.get(stream) ?? { since: row.turn_since, firstResponseMs: row.first_response_ms };
    turns.set(stream, turn);
    if (draft.kind !== 'message' && draft.kind !== 'file') continue;
    if (draft.actor.kind === 'visitor') turns.set(stream, { ...turn, since: turn.since ?? at });
    if (draft.actor.kind !== 'agent' || draft.author === null || turn.since === null) continue;
    if (draft.writer !== undefined && draft.writer.kind !== 'user') continue;
    const ms = Math.max(0, at.getTime() - turn.since.getTime());
    responses.push({
      at,
      conversationId: row.fact_id,
      queueId: row.queue_id,
      siteId: row.site_id,
      agentId: draft.author,
      ms,
      outcome: turn.firstResponseMs === null ? 'first' : 'later',
    });
    turns.set(stream, { since: null, firstResponseMs: turn.firstResponseMs ?? ms });
  }
  return { turns, responses };
}
