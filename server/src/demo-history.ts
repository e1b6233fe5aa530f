import { randomUUID } from 'node:crypto';
import { readSites } from './features/sites/index.ts';
import type { Statement, Tx } from './platform/database/index.ts';

/** Where the invented past took place: real queues, a site and agents of the demo account. */
export interface DemoPlace {
  readonly queueIds: readonly string[];
  readonly siteId: string;
  readonly agentIds: readonly string[];
  /** How many conversations an agent may have at once. */
  readonly limit: number;
}

/** A fact that never happened, as it is stored. */
export interface InventedFact {
  readonly at: Date;
  readonly kind: string;
  readonly conversation_id?: string;
  readonly queue_id?: string;
  readonly site_id?: string;
  readonly agent_id?: string;
  readonly value?: number;
  readonly outcome?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Enough for four weeks and the four before them. */
const days = 57;
/** How busy each hour of a working day is, from seven in the morning on (UTC). */
const busy = [0.5, 1, 1.3, 1.1, 0.7, 0.9, 1.2, 1, 0.5];
const opensAt = 7 * hourMs;
const closesAt = opensAt + busy.length * hourMs;

/**
 * Writes an invented past into an account that has none, so that its dashboards have something to show. All of it is over
 * now: whatever happens from now on is counted as it is.
 */
export async function inventHistory(
  tx: Tx,
  accountId: string,
  { queueIds, agentIds }: Pick<DemoPlace, 'queueIds' | 'agentIds'>,
): Promise<void> {
  const [site] = await readSites(tx, accountId);
  if (site === undefined) throw new Error('The demo has no site');
  const place = { queueIds, agentIds, siteId: site.id, limit: 4 };
  const facts = inventFacts(place, new Date());
  for (let from = 0; from < facts.length; from += 5_000)
    await tx.run(insertFacts, [accountId, JSON.stringify(facts.slice(from, from + 5_000))]);
}

const insertFacts: Statement = {
  name: 'demo-insert-facts',
  text: `
    with told as (
      insert into fact (account_id, at, kind, conversation_id, queue_id, site_id, agent_id, value, outcome, counts)
      select $1::uuid, * from jsonb_to_recordset($2::jsonb) as each (at timestamptz, kind text, conversation_id uuid,
        queue_id uuid, site_id uuid, agent_id uuid, value bigint, outcome text, counts jsonb)
      returning at
    )
    insert into stale_hour (account_id, hour) select distinct $1::uuid, date_trunc('hour', at, 'UTC') from told`,
};

/** The same past for the same end, but for the ids of conversations. In the order of time. */
export function inventFacts(place: DemoPlace, until: Date): InventedFact[] {
  const chance = seeded(20_260_101);
  const end = until.getTime();
  const today = Math.floor(end / dayMs) * dayMs;
  const facts: InventedFact[] = [];
  for (let day = today - days * dayMs; day <= today; day += dayMs) {
    if (isWorkingDay(day)) facts.push(...shifts(place, { day, end }));
    const usual = isWorkingDay(day) ? 30 + 14 * chance() : 3;
    for (let number = 0; number < usual; number += 1) {
      const told = conversation(place, { begins: day + arrival(chance), chance });
      // What would not be over yet did not begin.
      if ((told.at(-1)?.at.getTime() ?? end) < end) facts.push(...told);
    }
  }
  return facts.toSorted((one, other) => one.at.getTime() - other.at.getTime());
}

/** When agents were there on a working day: at lunch one after the other. */
function shifts({ agentIds, limit }: DemoPlace, { day, end }: { day: number; end: number }): InventedFact[] {
  return agentIds.flatMap((agentId, index) => {
    const lunch = day + opensAt + (4 + index) * hourMs;
    const states: [at: number, state: string][] = [
      [day + opensAt - (5 + index) * minuteMs, 'available'],
      [lunch, 'away'],
      [lunch + 45 * minuteMs, 'available'],
      [day + closesAt + 10 * minuteMs, 'offline'],
    ];
    const begun = states.filter(([at]) => at < end);
    const [, last] = begun.at(-1) ?? [];
    return [
      ...begun,
      ...(last === undefined || last === 'offline' ? [] : [[end - 1, 'offline'] as const]),
    ].map(([at, outcome]) => ({
      at: new Date(at),
      kind: 'agent-state',
      agent_id: agentId,
      outcome,
      value: limit,
    }));
  });
}

/** In milliseconds of the day, more often when it is busy. */
function arrival(chance: () => number): number {
  let left = chance() * busy.reduce((total, each) => total + each, 0);
  const hour = busy.findIndex((each) => (left -= each) < 0);
  // Nobody begins in the last half hour: agents would still talk when they go.
  return opensAt + Math.min(Math.max(hour, 0) + chance(), busy.length - 0.5) * hourMs;
}

/** One conversation that is being invented: what happened in it so far, in milliseconds since it began. */
class Invented {
  readonly facts: InventedFact[] = [];
  readonly chance: () => number;
  readonly #begins: number;
  readonly #place: { readonly conversation_id: string; readonly queue_id: string; readonly site_id: string };

  constructor({ queueIds, siteId }: DemoPlace, { begins, chance }: { begins: number; chance: () => number }) {
    this.chance = chance;
    this.#begins = begins;
    const queueId = queueIds[chance() < 0.68 ? 0 : queueIds.length - 1] ?? '';
    this.#place = { conversation_id: randomUUID(), queue_id: queueId, site_id: siteId };
  }

  session(ms: number): void {
    this.facts.push({ at: this.#at(ms), kind: 'session-begun', site_id: this.#place.site_id });
  }

  tell(ms: number, kind: string, rest: Omit<InventedFact, 'at' | 'kind'> = {}): void {
    this.facts.push({ at: this.#at(ms), kind, ...this.#place, ...rest });
  }

  /** A whole number of milliseconds: so many seconds, and up to so many more. */
  seconds(least: number, more: number): number {
    return Math.round(1000 * (least + more * this.chance()));
  }

  #at(ms: number): Date {
    return new Date(Math.round(this.#begins + ms));
  }
}

/** From the session that it began in to the rating that it was given. */
function conversation(
  place: DemoPlace,
  { begins, chance }: { begins: number; chance: () => number },
): InventedFact[] {
  const invented = new Invented(place, { begins, chance });
  invented.session(-30_000);
  // Many look, and begin nothing.
  if (chance() < 0.6) invented.session(-90_000);
  invented.tell(0, 'queued', { outcome: 'first' });
  const wait = invented.seconds(4, 14) + (chance() < 0.15 ? invented.seconds(30, 80) : 0);
  const patience = chance() < 0.06 ? 4_000 : invented.seconds(20, 120);
  if (!isWorkingDay(begins) || (wait > patience && chance() < 0.8)) abandon(invented, patience);
  else answer(invented, { wait, agents: agentsThere(place, begins) });
  return invented.facts;
}

function abandon(invented: Invented, value: number): void {
  invented.tell(value, 'abandoned', { value });
  const counts = { visitorMessages: 1, agentMessages: 0, agents: 0, transfers: 0 };
  invented.tell(value, 'resolved', { value, outcome: 'visitor', counts });
}

/** Those who are not at lunch, nor just about to go. */
function agentsThere({ agentIds }: DemoPlace, at: number): string[] {
  const sinceOpening = (at % dayMs) - opensAt;
  return agentIds.filter(
    (_, index) =>
      sinceOpening < (4 + index) * hourMs - 3 * minuteMs ||
      sinceOpening > (4 + index) * hourMs + 50 * minuteMs,
  );
}

function answer(invented: Invented, { wait, agents }: { wait: number; agents: readonly string[] }): void {
  const { chance } = invented;
  const [first = '', second] = chance() < 0.5 ? agents : agents.toReversed();
  const isOfferedAgain = second !== undefined && wait > 34_000;
  if (isOfferedAgain) {
    invented.tell(1_500, 'offered', { agent_id: first });
    invented.tell(31_500, chance() < 0.3 ? 'declined' : 'missed', { agent_id: first, value: 30_000 });
  }
  const by = { agent_id: isOfferedAgain ? second : first };
  const offered = isOfferedAgain ? 32_000 : 2_000;
  invented.tell(offered, 'offered', by);
  invented.tell(wait, 'accepted', { ...by, value: wait - offered });
  invented.tell(wait, 'answered', { ...by, value: wait });
  invented.tell(wait, 'joined', { ...by, outcome: 'accepted' });
  talk(invented, { wait, by });
}

function talk(invented: Invented, { wait, by }: { wait: number; by: { agent_id: string } }): void {
  const { chance } = invented;
  const answers = 1 + Math.floor(5 * chance() ** 1.5);
  const lengthMs = invented.seconds(120 + 90 * answers, 180 * answers);
  const ended = wait + lengthMs;
  const firstResponseMs = wait + invented.seconds(6, 30);
  invented.tell(firstResponseMs, 'responded', { ...by, value: firstResponseMs, outcome: 'first' });
  for (let number = 1; number < answers; number += 1) {
    const when = firstResponseMs + (0.7 * lengthMs * number) / answers;
    invented.tell(when, 'responded', { ...by, value: invented.seconds(8, 70 * chance()), outcome: 'later' });
  }
  if (chance() < 0.08) {
    invented.tell(wait + 0.4 * lengthMs, 'link', { outcome: chance() < 0.3 ? 'lost' : 'weak' });
    invented.tell(wait + 0.4 * lengthMs + 9_000, 'link', { outcome: 'back' });
  }
  const messages = answers + 1;
  invented.tell(ended, 'left', { ...by, value: lengthMs, outcome: 'resolved', counts: { messages } });
  const counts = { visitorMessages: answers + 2, agentMessages: messages, agents: 1, transfers: 0 };
  invented.tell(ended, 'resolved', {
    ...by,
    value: ended,
    outcome: ['visitor', 'visitor', 'agent', 'inactivity'][Math.floor(4 * chance())] ?? 'agent',
    counts: { ...counts, waitedMs: wait, firstResponseMs },
  });
  invented.tell(ended + 500, 'rating-asked', by);
  if (chance() < 0.42) invented.tell(ended + 20_000, 'rated', { ...by, value: rating(chance) });
}

function rating(chance: () => number): number {
  return [5, 5, 5, 5, 4, 4, 4, 3, 2, 1][Math.floor(10 * chance())] ?? 4;
}

function isWorkingDay(at: number): boolean {
  const day = new Date(at).getUTCDay();
  return day !== 0 && day !== 6;
}

/** Numbers between 0 and 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
