import { AgentTimes } from './agent-times.ts';
import { FigureTable, type Carried, type CountedFact, type Figure } from './figure-table.ts';

/**
 * The figures of one hour, or of the beginning of it, from its own facts and what stood open when it began; and what stands
 * open at its end. Facts come in the order of their time. Without effects.
 */
export function rollUpHour(
  facts: readonly CountedFact[],
  opening: Carried,
  { from, to }: { from: number; to: number },
): { figures: Figure[]; closing: Carried } {
  const figures = new FigureTable();
  const times = new AgentTimes(figures, opening, from);
  for (const fact of withLastRatings(facts)) {
    count(figures, fact);
    times.take(fact);
  }
  const closing = times.end(to);
  return { figures: figures.all(), closing };
}

/** The figures of a longer period from those of its parts. */
export function mergeFigures(parts: readonly Figure[]): Figure[] {
  const figures = new FigureTable();
  for (const { subject, base, ...place } of parts)
    for (const [name, value] of Object.entries(base)) {
      if (typeof value === 'number') figures.add(subject, place, { [name]: value });
      else figures.list(subject, place, { [name]: value });
    }
  return figures.all();
}

/** Whoever thinks better of a rating has rated once: what they said last counts. All of them stand at the end of the conversation. */
function withLastRatings(facts: readonly CountedFact[]): CountedFact[] {
  const last = new Map(
    facts.filter(({ kind }) => kind === 'rated').map((fact) => [fact.conversationId, fact] as const),
  );
  return facts.filter((fact) => fact.kind !== 'rated' || last.get(fact.conversationId) === fact);
}

/** What one fact adds, but for times that span facts. */
function count(figures: FigureTable, fact: CountedFact): void {
  const { queueId, siteId, agentId, outcome, counts } = fact;
  const value = fact.value ?? 0;
  const queue = { queueId, siteId, agentId: null };
  const agent = { queueId, siteId, agentId };
  const site = { queueId: null, siteId, agentId: null };
  switch (fact.kind) {
    case 'session-begun':
      return figures.add('visitors', site, { sessions: 1 });
    case 'queued':
      if (outcome === 'first') figures.add('visitors', site, { conversations: 1 });
      return figures.add('queues', queue, {
        offered: 1,
        ...(outcome === 'transfer' ? { transferredIn: 1 } : {}),
      });
    case 'answered':
      return figures.list('queues', queue, { waits: [value] });
    case 'abandoned':
      return figures.list('queues', queue, { abandons: [value] });
    case 'flowed-out':
      return figures.add('queues', queue, { flowedOut: 1 });
    case 'resolved':
      if (outcome === 'inactivity') figures.add('queues', queue, { inactivityEnds: 1 });
      return figures.list('queues', queue, { resolutions: [value] });
    case 'link':
      return figures.add('queues', queue, { [connectionMeasures[outcome ?? ''] ?? 'connectionsBack']: 1 });
    case 'offered':
      return figures.add('agents', agent, { offers: 1 });
    case 'accepted':
    case 'declined':
    case 'missed':
    case 'withdrawn':
      return figures.add('agents', agent, { [fact.kind]: 1 });
    case 'joined':
      return figures.add('agents', agent, {
        joined: 1,
        ...(outcome === 'handed-over' ? { transferredIn: 1 } : {}),
      });
    case 'left':
      return figures.add('agents', agent, {
        left: 1,
        handledMs: value,
        messages: counts?.['messages'] ?? 0,
        interactive: (counts?.['messages'] ?? 0) > 0 ? 1 : 0,
        transferredOut: outcome === 'transferred' ? 1 : 0,
      });
    case 'responded':
      figures.list('agents', agent, { responses: [value] });
      if (outcome === 'first') figures.list('agents', agent, { firstResponses: [value] });
      return;
    case 'rating-asked':
      return figures.add('satisfaction', agent, { asked: 1 });
    case 'rated':
      return figures.add('satisfaction', agent, { points: value, [`rated${value}`]: 1 });
  }
}

const connectionMeasures: Readonly<Record<string, string>> = {
  weak: 'connectionsWeak',
  lost: 'connectionsLost',
  back: 'connectionsBack',
};
