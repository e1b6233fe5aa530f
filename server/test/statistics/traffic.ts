import { randomUUID } from 'node:crypto';
import type { Scope } from '@samtal/contract/access';
import {
  Desk,
  ConversationLog,
  PostQueue,
  rateConversation,
  startConversation,
  visitorMessage,
  type Draft,
} from '../../src/features/conversations/index.ts';
import { releaseAgent, vouchForAgents } from '../../src/features/routing/index.ts';
import { choosePresence, tellOfGoneAgents } from '../../src/features/routing/presence.ts';
import { createVisitorSession } from '../../src/features/widget/visitor-sessions.ts';
import type { Tx } from '../../src/platform/database/index.ts';
import { Refusal } from '../../src/platform/http/index.ts';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { ConversationKeys } from '../../src/platform/keys/index.ts';
import { createSite, readSites } from '../../src/features/sites/index.ts';
import { testAccount, testUnit, testUser } from '../accounts.ts';
import type { TestDatabase } from '../database.ts';
import { asMasked } from '../masked.ts';
import type { Random } from '../random.ts';
import { setSettings } from '../settings.ts';

/** Puts the clock of the database into the hands of a test. */
export async function stopClock(db: TestDatabase, at: Date): Promise<Clock> {
  await db.asOwner('create table public.test_clock (at timestamptz not null)');
  await db.asOwner('insert into public.test_clock values ($1)', [at]);
  await db.asOwner(`create or replace function moment() returns timestamptz
    language sql volatile parallel safe security definer
    return (select at from public.test_clock)`);
  return new Clock(db, at);
}

export class Clock {
  readonly #db: TestDatabase;
  #now: number;

  constructor(db: TestDatabase, at: Date) {
    this.#db = db;
    this.#now = at.getTime();
  }

  get now(): number {
    return this.#now;
  }

  async to(ms: number): Promise<void> {
    this.#now = ms;
    await this.#db.asOwner('update public.test_clock set at = $1', [new Date(ms)]);
  }
}

interface Agent {
  readonly userId: string;
  readonly name: string;
  isThere: boolean;
}

interface Open {
  readonly id: string;
  readonly visitorId: string;
  readonly siteId: string;
  state: 'waiting' | 'offered' | 'active';
  agent: Agent | null;
  queueId: string;
  /** What the log of the driver says, by its own clock. */
  queuedAt: number | null;
  turnSince: number | null;
}

/** What the driver saw happen, by its own clock and beside all facts. */
export interface Ledger {
  readonly waits: number[];
  readonly abandons: number[];
  readonly responses: number[];
  readonly offers: number[];
  sessions: number;
  resolved: number;
  agentMessages: number;
}

/** An account with two regions, three queues, two sites and four agents. */
export async function makeBusyAccount(db: TestDatabase) {
  const account = await testAccount(db);
  await setSettings(db, account, { 'satisfaction.asked': true });
  const [north, south] = [await testUnit(db, account, 'North'), await testUnit(db, account, 'South')];
  const actor = { kind: 'operator' } as const;
  const queues = [
    { id: randomUUID(), name: 'Loans', unit_id: north },
    { id: randomUUID(), name: 'Cards', unit_id: north },
    { id: randomUUID(), name: 'Claims', unit_id: south },
  ];
  const sites = await db.database.transaction(account, async (tx) => {
    await tx.sql
      .insertInto('queue')
      .values(queues.map((queue) => ({ account_id: account, ...queue })))
      .execute();
    for (const [name, queue] of [
      ['Bank', queues[0]],
      ['Insurance', queues[2]],
    ] as const)
      await createSite(tx, account, {
        actor,
        site: { name, origins: ['https://example.org'], queueId: queue?.id ?? '' },
      });
    return await readSites(tx, account);
  });
  const agents: Agent[] = [];
  for (const [name, scope] of [
    ['Ada', { unit: [north] }],
    ['Bo', { unit: [north] }],
    ['Cleo', { unit: [south] }],
    ['Dag', {}],
  ] satisfies [string, Scope][]) {
    const { userId } = await testUser(db, account, { name, roles: [{ role: 'agent', scope }] });
    agents.push({ userId, name, isThere: false });
  }
  return { account, north, south, queues, sites, agents };
}

export type BusyAccount = Awaited<ReturnType<typeof makeBusyAccount>>;

/**
 * Drives an account from one moment to another through what the platform itself does when such things happen. Chances are given, and so
 * the same seed drives the same day.
 */
export class Traffic {
  readonly ledger: Ledger = {
    waits: [],
    abandons: [],
    responses: [],
    offers: [],
    sessions: 0,
    resolved: 0,
    agentMessages: 0,
  };
  readonly #db: TestDatabase;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #place: BusyAccount;
  readonly #log: ConversationLog;
  readonly #desk: Desk;
  readonly #posts: PostQueue;
  readonly #fanout = new Fanout();
  readonly #open: Open[] = [];

  constructor(
    db: TestDatabase,
    { clock, random, place }: { clock: Clock; random: Random; place: BusyAccount },
  ) {
    this.#db = db;
    this.#clock = clock;
    this.#random = random;
    this.#place = place;
    this.#log = new ConversationLog(new ConversationKeys(db.keyring), this.#fanout);
    this.#desk = new Desk(this.#log, this.#fanout, async () => {});
    this.#posts = new PostQueue(db.database, this.#log);
  }

  /** One thing happens after some time. */
  async step(averageMs: number): Promise<void> {
    await this.#clock.to(this.#clock.now + 1 + this.#random.below(averageMs * 2));
    await this.#act();
  }

  async #act(): Promise<void> {
    const chance = this.#random.next();
    const [waiting, offered, active] = (['waiting', 'offered', 'active'] as const).map((state) =>
      this.#open.filter((each) => each.state === state),
    ) as [Open[], Open[], Open[]];
    const there = this.#place.agents.filter((agent) => agent.isThere);
    if (chance < 0.06) return await this.#changePresence();
    if (chance < 0.18) return await this.#begin();
    if (chance < 0.3 && waiting.length > 0 && there.length > 0)
      return await this.#offer(this.#random.oneOf(waiting), this.#random.oneOf(there));
    if (chance < 0.45 && offered.length > 0) return await this.#answer(this.#random.oneOf(offered));
    if (chance < 0.5 && waiting.length > 0) return await this.#resolve(this.#random.oneOf(waiting));
    if (chance < 0.52 && offered.length > 0) return await this.#resolve(this.#random.oneOf(offered));
    if (chance < 0.56 && active.length > 0) return await this.#resolve(this.#random.oneOf(active));
    if (chance < 0.64 && active.length > 0) return await this.#transfer(this.#random.oneOf(active));
    if (chance < 0.67 && this.#open.length > 0) return await this.#transfer(this.#random.oneOf(this.#open));
    if (chance < 0.74 && active.length > 0) return await this.#link(this.#random.oneOf(active));
    if (active.length > 0) return await this.#write(this.#random.oneOf(active));
  }

  async #in<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return await this.#db.database.transaction(this.#place.account, work);
  }

  /** Somebody comes, goes, or takes a break. Who goes is missed only when somebody looks. */
  async #changePresence(): Promise<void> {
    const { account, agents } = this.#place;
    const agent = this.#random.oneOf(agents);
    const chance = this.#random.next();
    if (!agent.isThere || chance < 0.2) await this.#come(agent);
    else if (chance < 0.8) {
      const choice = this.#random.oneOf(['available', 'away'] as const);
      await this.#in(async (tx) => await choosePresence(tx, account, agent.userId, choice));
    } else {
      await this.#in(async (tx) => await releaseAgent(tx, account, agent.userId));
      agent.isThere = false;
    }
    if (this.#random.next() < 0.3) await this.look();
  }

  /** Everybody comes to work. */
  async open(): Promise<void> {
    for (const agent of this.#place.agents) await this.#come(agent);
  }

  async #come(agent: Agent): Promise<void> {
    const { account } = this.#place;
    await this.#in(async (tx) => await vouchForAgents(tx, account, [agent.userId]));
    // A node says so again and again, for as long as the agent is there: nothing else comes of it.
    await this.#db.asOwner(
      "update agent_presence set connected_until = 'infinity' where account_id = $1 and user_id = $2",
      [account, agent.userId],
    );
    agent.isThere = true;
  }

  /** What the watch does once a second. */
  async look(): Promise<void> {
    await this.#in(async (tx) => await tellOfGoneAgents(tx, this.#place.account));
  }

  async #begin(): Promise<void> {
    const site = this.#random.oneOf(this.#place.sites);
    const { account: accountId } = this.#place;
    const { visitorId } = await this.#in(
      async (tx) => await createVisitorSession(tx, { accountId, siteId: site.id, sessionLifeMinutes: 120 }),
    );
    this.ledger.sessions += 1;
    if (this.#random.next() < 0.3) return;
    const visitor = { accountId, siteId: site.id, visitorId, address: '', origin: null };
    const begun = await this.#in(
      async (tx) =>
        await startConversation(tx, { log: this.#log, fanout: this.#fanout }, visitor, {
          cid: randomUUID(),
          text: asMasked('Hello'),
        }),
    );
    this.#open.push({
      id: begun.id,
      visitorId,
      siteId: site.id,
      state: 'waiting',
      agent: null,
      queueId: begun.queue_id,
      queuedAt: this.#clock.now,
      turnSince: this.#clock.now,
    });
  }

  async #offer(open: Open, agent: Agent): Promise<void> {
    const { account } = this.#place;
    const how = this.#random.next();
    const taken = { kind: 'user', id: agent.userId, name: agent.name } as const;
    if (how < 0.3) {
      await this.#in(
        async (tx) =>
          await this.#desk.give(tx, account, open.id, { agent: taken, how: how < 0.15 ? 'take' : 'assign' }),
      );
      return this.#joined(open, agent);
    }
    await this.#in(
      async (tx) => await this.#desk.offer(tx, account, open.id, { userId: agent.userId, seconds: 30 }),
    );
    Object.assign(open, { state: 'offered', agent });
    this.ledger.offers.push(this.#clock.now);
  }

  async #answer(open: Open): Promise<void> {
    const { account } = this.#place;
    const agent = open.agent ?? this.#place.agents[0];
    if (agent === undefined) return;
    const by = { kind: 'user', id: agent.userId, name: agent.name } as const;
    const chance = this.#random.next();
    if (chance < 0.5) {
      await this.#in(async (tx) => await this.#desk.accept(tx, account, open.id, by));
      return this.#joined(open, agent);
    }
    if (chance < 0.75) await this.#in(async (tx) => await this.#desk.decline(tx, account, open.id, by));
    else {
      // As if its time had run out.
      await this.#db.asOwner(
        "update conversation set offer_until = now() - interval '1 second' where id = $1",
        [open.id],
      );
      await this.#in(async (tx) => await this.#desk.miss(tx, account, open.id));
    }
    Object.assign(open, { state: 'waiting', agent: null, queuedAt: open.queuedAt ?? this.#clock.now });
  }

  #joined(open: Open, agent: Agent): void {
    if (open.queuedAt !== null) this.ledger.waits.push(this.#clock.now - open.queuedAt);
    Object.assign(open, { state: 'active', agent, queuedAt: null });
  }

  async #resolve(open: Open): Promise<void> {
    const reason = this.#random.oneOf(['visitor', 'agent', 'inactivity', 'session-ended'] as const);
    await this.#in(
      async (tx) =>
        await this.#desk.resolve(tx, this.#place.account, open.id, { by: { kind: 'system' }, reason }),
    );
    this.#open.splice(this.#open.indexOf(open), 1);
    this.ledger.resolved += 1;
    if (open.queuedAt !== null && (reason === 'visitor' || reason === 'session-ended'))
      this.ledger.abandons.push(this.#clock.now - open.queuedAt);
    await this.#rate(open);
  }

  /** Whoever is asked says how it went, some think better of it, and some never answer. */
  async #rate({ id, visitorId }: Open): Promise<void> {
    const { account: accountId } = this.#place;
    while (this.#random.next() < 0.6) {
      const rating = { conversationId: id, score: this.#random.oneOf([1, 2, 3, 4, 5] as const) };
      const visitor = { accountId, visitorId };
      await this.#in(async (tx) => await rateConversation(tx, this.#fanout, visitor, rating)).catch(
        (error: unknown) => {
          // Nobody was in it, so nobody was asked about.
          if (!(error instanceof Refusal)) throw error;
        },
      );
    }
  }

  async #transfer(open: Open): Promise<void> {
    const { account, queues, agents } = this.#place;
    const by = { kind: 'system' } as const;
    const there = agents.filter((agent) => agent.isThere && agent !== open.agent);
    if (open.state !== 'offered' && there.length > 0 && this.#random.next() < 0.6) {
      const to = this.#random.oneOf(there);
      await this.#in(
        async (tx) =>
          await this.#desk.handOver(tx, account, open.id, {
            to: { userId: to.userId, seconds: 30 },
            by,
            note: null,
          }),
      );
      this.ledger.offers.push(this.#clock.now);
      Object.assign(open, { state: 'offered', agent: to });
      await this.#clock.to(this.#clock.now + 12_345);
      return await this.#answer(open);
    }
    const to = this.#random.oneOf(queues);
    const human = { kind: 'user', id: agents[3]?.userId ?? '', name: 'Dag' } as const;
    await this.#in(async (tx) => await this.#desk.queue(tx, account, open.id, { to, by: human, note: null }));
    const stays = open.queuedAt !== null && open.queueId === to.id;
    Object.assign(open, {
      state: 'waiting',
      agent: null,
      queueId: to.id,
      queuedAt: stays ? open.queuedAt : this.#clock.now,
    });
  }

  async #link(open: Open): Promise<void> {
    for (const link of this.#random.shuffled(['ok', 'weak', 'lost'] as const))
      await this.#in(async (tx) => await this.#desk.noteLink(tx, this.#place.account, open.id, link));
  }

  /** Somebody writes, or both at once. */
  async #write(open: Open): Promise<void> {
    const { account } = this.#place;
    const chance = this.#random.next();
    const posts: Draft[] = [];
    if (chance < 0.5)
      posts.push(
        visitorMessage(open, open.id, { cid: randomUUID(), text: asMasked('How long does it take?') }),
      );
    if (chance > 0.35) posts.push(this.#agentMessage(open, chance > 0.9));
    const outcomes = await Promise.all(posts.map(async (post) => await this.#posts.submit(account, post)));
    if (outcomes.some(({ written }) => !written)) throw new Error('A post was not written');
    for (const post of posts) {
      if (post.actor.kind === 'visitor') open.turnSince ??= this.#clock.now;
      else {
        this.ledger.agentMessages += 1;
        if (open.turnSince === null || post.writer?.kind === 'api-key') continue;
        this.ledger.responses.push(this.#clock.now - open.turnSince);
        open.turnSince = null;
      }
    }
  }

  #agentMessage(open: Open, byProgram: boolean): Draft {
    const id = byProgram ? randomUUID() : (open.agent?.userId ?? '');
    return {
      conversationId: open.id,
      kind: 'message',
      actor: { kind: 'agent', id, name: open.agent?.name ?? '' },
      author: id,
      writer: byProgram ? { kind: 'api-key', id } : { kind: 'user', id },
      cid: randomUUID(),
      body: { text: asMasked('A day or two.') },
    };
  }
}
