import type { Carried, CountedFact, FigureTable } from './figure-table.ts';

interface Standing {
  state: 'available' | 'away' | 'offline';
  limit: number;
  /** Up to when the times of the agent are counted. */
  until: number;
  readonly conversations: Map<string, Open>;
  availableMs: number;
  awayMs: number;
  engagedMs: number;
  idleMs: number;
  capacityMs: number;
  allConversationMs: number;
  allJoined: number;
}

interface Open {
  readonly conversationId: string;
  readonly queueId: string | null;
  readonly siteId: string | null;
  /** When the agent joined, or the hour began. */
  readonly since: number;
}

/**
 * How long agents were in which state and in how many conversations, from the beginning of an hour to its end: each fact ends a
 * stretch in which nothing changed.
 */
export class AgentTimes {
  readonly #figures: FigureTable;
  readonly #from: number;
  readonly #agents = new Map<string, Standing>();

  constructor(figures: FigureTable, { agents, conversations }: Carried, from: number) {
    this.#figures = figures;
    this.#from = from;
    for (const { agentId, state, limit } of agents) Object.assign(this.#of(agentId), { state, limit });
    for (const { agentId, ...conversation } of conversations)
      this.#of(agentId).conversations.set(conversation.conversationId, { ...conversation, since: from });
  }

  take(fact: CountedFact): void {
    const { kind, agentId, conversationId, at } = fact;
    if (agentId === null) return;
    if (kind === 'agent-state') {
      const agent = this.#upTo(agentId, at);
      agent.state = stateIn(fact.outcome);
      agent.limit = fact.value ?? 0;
    } else if (kind === 'joined' && conversationId !== null) {
      const agent = this.#upTo(agentId, at);
      agent.allJoined += 1;
      const { queueId, siteId } = fact;
      if (!agent.conversations.has(conversationId))
        agent.conversations.set(conversationId, { conversationId, queueId, siteId, since: at });
    } else if (kind === 'left' && conversationId !== null) {
      const agent = this.#upTo(agentId, at);
      const open = agent.conversations.get(conversationId);
      if (open !== undefined) this.#close(agentId, open, at);
      agent.conversations.delete(conversationId);
    }
  }

  /** Counts everything up to the end, and answers with what stands open then. */
  end(to: number): Carried {
    const agents = [...this.#agents.entries()].toSorted(([one], [other]) => (one < other ? -1 : 1));
    for (const [agentId] of agents) {
      const agent = this.#upTo(agentId, to);
      for (const open of agent.conversations.values()) this.#close(agentId, open, to);
      const { state: _state, limit: _limit, until: _until, conversations: _conversations, ...times } = agent;
      if (Object.values(times).some((each) => each > 0))
        this.#figures.add('agents', { agentId, queueId: null, siteId: null }, times);
    }
    return {
      agents: agents.flatMap(([agentId, { state, limit }]) =>
        state === 'offline' ? [] : [{ agentId, state, limit }],
      ),
      conversations: agents.flatMap(([agentId, { conversations }]) =>
        [...conversations.values()]
          .toSorted((one, other) => (one.conversationId < other.conversationId ? -1 : 1))
          .map(({ conversationId, queueId, siteId }) => ({ conversationId, agentId, queueId, siteId })),
      ),
    };
  }

  #close(agentId: string, { queueId, siteId, since }: Open, at: number): void {
    this.#figures.add('agents', { agentId, queueId, siteId }, { conversationMs: at - since });
  }

  /** Counts the agent's times up to this moment. */
  #upTo(agentId: string, at: number): Standing {
    const agent = this.#of(agentId);
    const ms = at - agent.until;
    const { state, conversations } = agent;
    if (state === 'available') agent.availableMs += ms;
    if (state === 'away') agent.awayMs += ms;
    if (state !== 'offline') agent.capacityMs += ms * agent.limit;
    if (conversations.size > 0) agent.engagedMs += ms;
    else if (state === 'available') agent.idleMs += ms;
    agent.allConversationMs += ms * conversations.size;
    agent.until = at;
    return agent;
  }

  #of(agentId: string): Standing {
    const agent = this.#agents.get(agentId) ?? {
      state: 'offline',
      limit: 0,
      until: this.#from,
      conversations: new Map(),
      availableMs: 0,
      awayMs: 0,
      engagedMs: 0,
      idleMs: 0,
      capacityMs: 0,
      allConversationMs: 0,
      allJoined: 0,
    };
    this.#agents.set(agentId, agent);
    return agent;
  }
}

function stateIn(outcome: string | null): Standing['state'] {
  return outcome === 'available' || outcome === 'away' ? outcome : 'offline';
}
