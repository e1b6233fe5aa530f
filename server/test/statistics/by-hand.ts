/**
 * Statistics computed once more, in the most obvious way there is: for each number the whole history is gone through. It shares
 * nothing with the platform but the facts, and is far too slow for anything but being held against it.
 */
export interface RawFact {
  readonly id: string | number;
  readonly at: Date;
  readonly kind: string;
  readonly conversation_id: string | null;
  readonly queue_id: string | null;
  readonly site_id: string | null;
  readonly agent_id: string | null;
  readonly value: string | number | null;
  readonly outcome: string | null;
  readonly counts: Record<string, number> | null;
}

/** What is asked about. What is not named is not narrowed; `null` is that it has none. */
export interface Where {
  readonly from: number;
  readonly to: number;
  readonly queue?: string | null;
  readonly site?: string | null;
  readonly agent?: string | null;
}

type Values = Record<string, number | string | null>;

/** Chosen as a new account has it. */
const inTimeMs = 20_000;
const shortMs = 5_000;

export class ByHand {
  readonly #facts: readonly RawFact[];
  /** The moment up to which anything is known. */
  readonly #now: number;

  constructor(facts: readonly RawFact[], now: number) {
    this.#facts = facts;
    this.#now = now;
  }

  visitors(where: Where): Values {
    const sessions = this.#facts.filter(
      (fact) => fact.kind === 'session-begun' && inside(fact, where),
    ).length;
    const conversations = this.#facts.filter(
      (fact) => fact.kind === 'queued' && fact.outcome === 'first' && inside(fact, where),
    ).length;
    return { sessions, conversations, conversation_rate: over(conversations, sessions) };
  }

  queues(where: Where): Values {
    const all = this.#facts.filter((fact) => inside(fact, where));
    const of = (kind: string, outcome?: string) =>
      all.filter((fact) => fact.kind === kind && (outcome === undefined || fact.outcome === outcome));
    const waits = sorted(of('answered'));
    const abandons = sorted(of('abandoned'));
    const durations = sorted(of('resolved'));
    const short = abandons.filter((ms) => ms <= shortMs).length;
    const inTime = waits.filter((ms) => ms <= inTimeMs).length;
    return {
      offered: of('queued').length,
      transferred_in: of('queued', 'transfer').length,
      answered: waits.length,
      answer_rate: over(waits.length, of('queued').length),
      abandoned: abandons.length,
      abandon_rate: over(abandons.length, of('queued').length),
      short_abandoned: short,
      flowed_out: of('flowed-out').length,
      waiting_time_mean_s: mean(waits),
      waiting_time_median_s: nearestRank(waits, 50),
      waiting_time_p90_s: nearestRank(waits, 90),
      waiting_time_max_s: nearestRank(waits, 100),
      time_to_abandon_mean_s: mean(abandons),
      answered_in_time: inTime,
      service_level: over(inTime, waits.length + abandons.length - short),
      resolved: durations.length,
      resolution_time_mean_s: mean(durations),
      resolution_time_median_s: nearestRank(durations, 50),
      resolution_time_p90_s: nearestRank(durations, 90),
      inactivity_ends: of('resolved', 'inactivity').length,
      connections_weak: of('link', 'weak').length,
      connections_lost: of('link', 'lost').length,
      connections_recovered: of('link', 'back').length,
    };
  }

  /** `whole`: whether the time of the agents as such is asked for, which belongs to no queue and no site. */
  agents(where: Where, { whole }: { whole: boolean }): Values {
    const all = this.#facts.filter((fact) => fact.agent_id !== null && inside(fact, where));
    const of = (kind: string, outcome?: string) =>
      all.filter((fact) => fact.kind === kind && (outcome === undefined || fact.outcome === outcome));
    const left = of('left');
    const [taken, turnedDown, missed] = [of('accepted').length, of('declined').length, of('missed').length];
    const messages = left.reduce((sum, fact) => sum + (fact.counts?.['messages'] ?? 0), 0);
    const firsts = sorted(of('responded', 'first'));
    const responses = sorted(of('responded'));
    return {
      ...this.#timesOfAgents(where, whole),
      conversation_time_s: thousandths(this.#conversationMs(where)),
      offers: of('offered').length,
      accepted: taken,
      declined: turnedDown,
      missed,
      withdrawn: of('withdrawn').length,
      accept_rate: over(taken, taken + turnedDown + missed),
      conversations: of('joined').length,
      handled: left.length,
      handle_time_mean_s: mean(sorted(left)),
      first_response_time_median_s: nearestRank(firsts, 50),
      first_response_time_p90_s: nearestRank(firsts, 90),
      response_time_median_s: nearestRank(responses, 50),
      response_time_p90_s: nearestRank(responses, 90),
      transfers_in: of('joined', 'handed-over').length,
      transfers_out: of('left', 'transferred').length,
      messages,
      messages_per_conversation: over(messages, left.length),
      interactive_share: over(
        left.filter((fact) => (fact.counts?.['messages'] ?? 0) > 0).length,
        left.length,
      ),
    };
  }

  /** One row for each conversation that ended. */
  conversations(where: Where): { id: string | null; values: Values }[] {
    return this.#facts
      .filter((fact) => fact.kind === 'resolved' && inside(fact, where))
      .map((fact) => ({
        id: fact.conversation_id,
        values: {
          started_at: new Date(fact.at.getTime() - valueOf(fact)).toISOString(),
          resolved_at: fact.at.toISOString(),
          outcome: fact.outcome,
          duration_s: thousandths(valueOf(fact)),
          waiting_time_s: thousandthsOrNull(fact.counts?.['waitedMs']),
          first_response_time_s: thousandthsOrNull(fact.counts?.['firstResponseMs']),
          agents: fact.counts?.['agents'] ?? 0,
          transfers: fact.counts?.['transfers'] ?? 0,
          visitor_messages: fact.counts?.['visitorMessages'] ?? 0,
          agent_messages: fact.counts?.['agentMessages'] ?? 0,
        },
      }));
  }

  satisfaction(where: Where): Values {
    // Who said something else later said only that.
    const ratings = this.#facts
      .filter((fact) => fact.kind === 'rated' && inside(fact, where))
      .filter(
        (fact) =>
          !this.#facts.some(
            (later) =>
              later.kind === 'rated' &&
              later.conversation_id === fact.conversation_id &&
              Number(later.id) > Number(fact.id),
          ),
      )
      .map(valueOf);
    const asked = this.#facts.filter((fact) => fact.kind === 'rating-asked' && inside(fact, where)).length;
    const given = (points: number) => ratings.filter((rating) => rating === points).length;
    return {
      ratings_asked: asked,
      ratings: ratings.length,
      rating_response_rate: over(ratings.length, asked),
      rating_mean: over(
        ratings.reduce((sum, rating) => sum + rating, 0),
        ratings.length,
      ),
      ratings_1: given(1),
      ratings_2: given(2),
      ratings_3: given(3),
      ratings_4: given(4),
      ratings_5: given(5),
    };
  }

  #timesOfAgents(where: Where, whole: boolean): Values {
    const names = ['available_time_s', 'away_time_s', 'signed_in_time_s', 'engaged_time_s'];
    const shares = ['concurrency', 'occupancy', 'utilised_capacity', 'conversations_per_signed_in_hour'];
    const agents = [...new Set(this.#facts.map((fact) => fact.agent_id))].filter(
      (id): id is string => id !== null && (where.agent === undefined || where.agent === id),
    );
    const sums = { available: 0, away: 0, engaged: 0, idle: 0, capacity: 0, together: 0, joined: 0 };
    const [from, to] = [where.from, Math.min(where.to, this.#now)];
    for (const agent of agents) {
      const stretches = this.#conversationsOf(agent).map((each) => cut(each, from, to));
      sums.together += total(stretches);
      const states = this.#statesOf(agent).map((state) => ({ ...state, ...cut(state, from, to) }));
      // Nothing changes between two neighbouring moments at which anything does.
      const moments = [
        ...new Set([...stretches, ...states].flatMap((each) => [each.from, each.to])),
      ].toSorted((one, other) => one - other);
      for (const [index, begin] of moments.entries()) {
        const end = moments[index + 1];
        if (end === undefined) continue;
        const busy = stretches.filter((each) => each.from <= begin && each.to >= end && each.to > each.from);
        const state = states.find((each) => each.from <= begin && each.to >= end && each.to > each.from);
        if (busy.length > 0) sums.engaged += end - begin;
        if (state?.state === 'available') sums.available += end - begin;
        if (state?.state === 'away') sums.away += end - begin;
        if (state?.state === 'available' && busy.length === 0) sums.idle += end - begin;
        if (state !== undefined && state.state !== 'offline') sums.capacity += (end - begin) * state.limit;
      }
      sums.joined += this.#facts.filter(
        (fact) => fact.kind === 'joined' && fact.agent_id === agent && within(fact, where),
      ).length;
    }
    const anything = sums.available + sums.away + sums.engaged + sums.joined > 0;
    if (!whole || !anything)
      return Object.fromEntries([...names, ...shares].map((name) => [name, null] as const));
    const signedIn = sums.available + sums.away;
    return {
      available_time_s: thousandths(sums.available),
      away_time_s: thousandths(sums.away),
      signed_in_time_s: thousandths(signedIn),
      engaged_time_s: thousandths(sums.engaged),
      concurrency: over(sums.together, sums.engaged),
      occupancy: over(sums.engaged, sums.engaged + sums.idle),
      utilised_capacity: over(sums.together, sums.capacity),
      conversations_per_signed_in_hour: over(sums.joined * 60 * 60 * 1000, signedIn),
    };
  }

  #conversationMs(where: Where): number {
    const agents = new Set(this.#facts.map((fact) => fact.agent_id));
    let ms = 0;
    for (const agent of agents) {
      if (agent === null || (where.agent !== undefined && where.agent !== agent)) continue;
      const here = this.#conversationsOf(agent).filter(
        ({ queue, site }) =>
          (where.queue === undefined || where.queue === queue) &&
          (where.site === undefined || where.site === site),
      );
      ms += total(here.map((each) => cut(each, where.from, Math.min(where.to, this.#now))));
    }
    return ms;
  }

  /** From when to when an agent was in each conversation. */
  #conversationsOf(agent: string) {
    return this.#facts
      .map((fact, index) => ({ fact, index }))
      .filter(({ fact }) => fact.kind === 'joined' && fact.agent_id === agent)
      .map(({ fact, index }) => {
        const end = this.#facts.find(
          (each, at) =>
            at > index &&
            each.kind === 'left' &&
            each.agent_id === agent &&
            each.conversation_id === fact.conversation_id,
        );
        return {
          from: fact.at.getTime(),
          to: end?.at.getTime() ?? this.#now,
          queue: fact.queue_id,
          site: fact.site_id,
        };
      });
  }

  /** Which state an agent was in, from when to when. */
  #statesOf(agent: string) {
    const changes = this.#facts.filter((fact) => fact.kind === 'agent-state' && fact.agent_id === agent);
    return changes.map((fact, index) => ({
      from: fact.at.getTime(),
      to: changes[index + 1]?.at.getTime() ?? this.#now,
      state: fact.outcome,
      limit: valueOf(fact),
    }));
  }
}

function within(fact: RawFact, { from, to }: Where): boolean {
  return fact.at.getTime() >= from && fact.at.getTime() < to;
}

function inside(fact: RawFact, where: Where): boolean {
  return (
    within(fact, where) &&
    (where.queue === undefined || fact.queue_id === where.queue) &&
    (where.site === undefined || fact.site_id === where.site) &&
    (where.agent === undefined || fact.agent_id === where.agent)
  );
}

function valueOf(fact: RawFact): number {
  return Number(fact.value ?? 0);
}

function sorted(facts: readonly RawFact[]): number[] {
  return facts.map(valueOf).toSorted((one, other) => one - other);
}

function cut({ from, to }: { from: number; to: number }, begin: number, end: number) {
  const [first, last] = [Math.max(from, begin), Math.min(to, end)];
  return last > first ? { from: first, to: last } : { from: begin, to: begin };
}

function total(stretches: readonly { from: number; to: number }[]): number {
  return stretches.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Seconds with three decimals, written out and read again. */
function thousandths(ms: number): number {
  return Number((Math.round(ms) / 1000).toFixed(3));
}

function thousandthsOrNull(ms: number | undefined): number | null {
  return ms === undefined ? null : thousandths(ms);
}

function mean(list: readonly number[]): number | null {
  if (list.length === 0) return null;
  let sum = 0;
  for (const each of list) sum += each;
  return thousandths(sum / list.length);
}

/** Four decimals, written out and read again. */
function over(part: number, whole: number): number | null {
  if (whole === 0) return null;
  return Number((Math.round((10_000 * part) / whole) / 10_000).toFixed(4));
}

/** The smallest value that at least so many per cent of all do not exceed. */
function nearestRank(list: readonly number[], percent: number): number | null {
  for (const value of list) {
    const notAbove = list.filter((each) => each <= value).length;
    if (notAbove * 100 >= percent * list.length) return thousandths(value);
  }
  return null;
}
