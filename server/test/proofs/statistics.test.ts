import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Scope } from '@samtal/contract/access';
import {
  metricsOf,
  statisticsSubjects,
  subjects,
  type FiguresQuery,
  type FiguresRow,
  type StatisticsSubject,
} from '@samtal/contract/statistics';
import { readFigures, type Viewer } from '../../src/features/statistics/reading/read-figures.ts';
import { rollUpAccount } from '../../src/features/statistics/counting/roll-up-account.ts';
import { recordFact } from '../../src/platform/facts/index.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { Random, seeded } from '../random.ts';
import { ByHand, type RawFact, type Where } from '../statistics/by-hand.ts';
import { makeBusyAccount, stopClock, Traffic, type BusyAccount, type Clock } from '../statistics/traffic.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** From the last hours of 28 February of a leap year to the first ones of March: midnight twice, a leap day and the end of a month. */
const [begin, end] = [Date.parse('2028-02-28T21:30:00Z'), Date.parse('2028-03-01T02:20:00Z')];
const days = [
  Date.parse('2028-02-28T00:00:00Z'),
  Date.parse('2028-02-29T00:00:00Z'),
  Date.parse('2028-03-01T00:00:00Z'),
];
const everything: Viewer = { scopes: [{}] };

describe('statistics', () => {
  let db: TestDatabase;
  let clock: Clock;
  let place: BusyAccount;
  let traffic: Traffic;
  let facts: RawFact[];
  let killed = 0;
  /** When the last thing had happened. */
  let ended: number;

  before(async () => {
    db = await createTestDatabase();
    clock = await stopClock(db, new Date(begin));
    place = await makeBusyAccount(db);
    // A fixed seed: the same day each time.
    const random = new Random(28_022_028);
    traffic = new Traffic(db, { clock, random, place });
    await traffic.open();
    while (clock.now < end) {
      await traffic.step(100_000);
      if (random.next() < 0.04) await rollUpSomehow(random);
    }
    ended = clock.now;
    await traffic.look();
    await rollUp();
    facts = await readRawFacts();
  });
  after(async () => await db.close());

  async function readRawFacts(): Promise<RawFact[]> {
    const { rows } = await db.asOwner<RawFact>('select * from fact where account_id = $1 order by at, id', [
      place.account,
    ]);
    return rows;
  }

  async function rollUp(): Promise<void> {
    const once = async () =>
      await db.database.transaction(place.account, async (tx) => await rollUpAccount(tx, place.account));
    while ((await once()) === true);
  }

  /** As it happens: one node dies in the middle of it, two are at it at the same time, or all goes well. */
  async function rollUpSomehow(random: Random): Promise<void> {
    const chance = random.next();
    if (chance < 0.4) {
      const death = new Error('The node died');
      await assert.rejects(
        db.database.transaction(place.account, async (tx) => {
          await rollUpAccount(tx, place.account);
          throw death;
        }),
        death,
      );
      killed += 1;
    } else if (chance < 0.6) await Promise.all([rollUp(), rollUp()]);
    else await rollUp();
  }

  async function figures(
    subject: StatisticsSubject,
    query: Partial<FiguresQuery> & Pick<FiguresQuery, 'grain'>,
    viewer = everything,
  ): Promise<FiguresRow[]> {
    const [from, to] = [new Date(days[0] ?? 0).toISOString(), new Date((days[2] ?? 0) + dayMs).toISOString()];
    return await db.database.read(place.account, async (tx) => {
      const read = await readFigures(tx, place.account, {
        viewer,
        subject,
        query: { from, to, ...query },
      });
      return read.rows;
    });
  }

  /** What has to be there, by hand: every period and every place, save those in which there is nothing. */
  function byHand(
    subject: Exclude<StatisticsSubject, 'conversations'>,
    { grain, by }: { grain: FiguresQuery['grain']; by: 'all' | 'queue' | 'site' | 'agent' },
  ) {
    const hand = new ByHand(facts, ended);
    const first = days[0] ?? 0;
    const length = { hour: hourMs, day: dayMs, total: 3 * dayMs }[grain];
    const ids = {
      all: [undefined],
      queue: idsOf('queue_id'),
      site: idsOf('site_id'),
      agent: idsOf('agent_id'),
    }[by];
    const rows: { periodStart: string; id: string | null; measures: object }[] = [];
    for (let from = first; from < first + 3 * dayMs; from += length)
      for (const id of ids) {
        const where: Where = { from, to: from + length, ...(by === 'all' ? {} : { [by]: id }) };
        const measures =
          subject === 'agents'
            ? hand.agents(where, { whole: by === 'all' || by === 'agent' })
            : hand[subject](where);
        const isEmpty = Object.values(measures).every((value) => value === null || value === 0);
        if (!isEmpty) rows.push({ periodStart: new Date(from).toISOString(), id: id ?? null, measures });
      }
    return rows.toSorted(inOrder);
  }

  function idsOf(column: 'queue_id' | 'site_id' | 'agent_id'): string[] {
    return [...new Set(facts.map((fact) => fact[column]).filter((id) => id !== null))];
  }

  const plain = (rows: readonly FiguresRow[]) =>
    rows
      .map(({ periodStart, dimensions, measures }) => ({
        periodStart,
        id: dimensions[0]?.id ?? null,
        measures: { ...measures },
      }))
      .toSorted(inOrder);

  it('saw everything happen that there is to count', () => {
    const kinds = new Set(
      facts.map(({ kind, outcome }) =>
        ['left', 'link', 'joined', 'queued'].includes(kind) ? `${kind} ${outcome}` : kind,
      ),
    );
    for (const kind of [
      'queued first',
      'queued transfer',
      'queued returned',
      'offered',
      'accepted',
      'declined',
      'missed',
      'withdrawn',
      'answered',
      'abandoned',
      'flowed-out',
      'joined accepted',
      'joined assigned',
      'joined taken',
      'joined handed-over',
      'left transferred',
      'left resolved',
      'responded',
      'resolved',
      'link weak',
      'link lost',
      'link back',
      'agent-state',
      'session-begun',
      'rating-asked',
      'rated',
    ])
      assert.ok(kinds.has(kind), `${kind} did not happen`);
    assert.ok(facts.length > 500, `${facts.length} facts`);
    assert.ok(killed > 2, 'nodes died in the middle of it');
    const late = facts.filter(({ kind, outcome }) => kind === 'agent-state' && outcome === 'offline');
    assert.ok(late.length > 3, 'agents were missed later');
  });

  it('are told by what happened, as a watch beside it says', async () => {
    const { ledger } = traffic;
    const valuesOf = (...kinds: string[]) =>
      facts
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ value }) => Number(value))
        .toSorted((one, other) => one - other);
    const sorted = (list: readonly number[]) => list.toSorted((one, other) => one - other);
    assert.deepEqual(valuesOf('answered'), sorted(ledger.waits));
    assert.deepEqual(valuesOf('abandoned'), sorted(ledger.abandons));
    assert.deepEqual(valuesOf('responded'), sorted(ledger.responses));
    assert.equal(valuesOf('offered').length, ledger.offers.length);
    assert.equal(valuesOf('session-begun').length, ledger.sessions);
    assert.equal(valuesOf('resolved').length, ledger.resolved);
  });

  for (const subject of statisticsSubjects) {
    if (subject === 'conversations') continue;
    for (const grain of ['hour', 'day', 'total'] as const)
      it(`of ${subject} by ${grain} are what they are by hand, to the last digit`, async () => {
        for (const by of ['all', ...subjects[subject].dimensions] as const) {
          const expected = byHand(subject, { grain, by });
          assert.ok(expected.length > 0);
          assert.deepEqual(plain(await figures(subject, { grain, by })), expected, `by ${by}`);
        }
      });
  }

  it('of conversations are what they are by hand, each in the hour in which it ended', async () => {
    const hand = new ByHand(facts, ended);
    const expected = hand
      .conversations({ from: begin, to: end })
      .map(({ id, values }) => ({ id, measures: values }));
    const rows = await figures('conversations', { grain: 'hour' });
    assert.deepEqual(
      plain(rows)
        .map(({ id, measures }) => ({ id, measures }))
        .toSorted(byId),
      expected.toSorted(byId),
    );
    for (const { periodStart, periodEnd, measures } of rows) {
      const ended = String(measures['resolved_at']);
      assert.ok(ended >= periodStart && ended < periodEnd, `${ended} is in its hour`);
    }
  });

  it('that add up are of a day what its hours are together', async () => {
    for (const subject of statisticsSubjects)
      for (const day of days) {
        const [from, to] = [new Date(day).toISOString(), new Date(day + dayMs).toISOString()];
        if (subject === 'conversations') continue;
        const hours = await figures(subject, { from, to, by: 'all', grain: 'hour' });
        const whole = await figures(subject, { from, to, by: 'all', grain: 'day' });
        for (const { name } of metricsOf(subject).filter(({ additive }) => additive))
          assert.equal(thousandfold(whole, name), thousandfold(hours, name), `${subject} ${name}`);
      }
  });

  it('in scopes that share the account out are together those of the whole of it', async (t) => {
    const random = seeded(t);
    const shares = sharesOf(random, place);
    for (const subject of ['queues', 'agents', 'satisfaction', 'conversations'] as const) {
      const by = subject === 'conversations' ? {} : { by: 'all' as const };
      const whole = await figures(subject, { grain: 'total', ...by });
      const parts = await Promise.all(
        shares.map(async (scopes) => await figures(subject, { grain: 'total', ...by }, { scopes })),
      );
      if (subject === 'conversations') {
        assert.deepEqual(plain(parts.flat()).toSorted(byId), plain(whole).toSorted(byId));
        continue;
      }
      for (const { name } of metricsOf(subject).filter(({ additive }) => additive)) {
        // Of an agent as a whole only whoever sees all of it is told.
        if (subject === 'agents' && wholeAgent.includes(name)) continue;
        assert.equal(thousandfold(parts.flat(), name), thousandfold(whole, name), name);
      }
    }
    const sites = place.sites.map(({ id }) => [{ site: [id] }]);
    const parts = await Promise.all(
      sites.map(async (scopes) => await figures('visitors', { grain: 'total', by: 'all' }, { scopes })),
    );
    const whole = await figures('visitors', { grain: 'total', by: 'all' });
    assert.equal(thousandfold(parts.flat(), 'sessions'), thousandfold(whole, 'sessions'));
  });

  it('are nothing to whoever sees nothing, and tell nobody of what lies elsewhere', async () => {
    for (const subject of statisticsSubjects) {
      assert.deepEqual(await figures(subject, { grain: 'day' }, { scopes: [] }), []);
      const south = await figures(subject, { grain: 'hour' }, { scopes: [{ unit: [place.south] }] });
      const text = JSON.stringify(south);
      for (const queue of place.queues.filter(({ unit_id: unit }) => unit === place.north))
        assert.ok(!text.includes(queue.id) && !text.includes(queue.name), subject);
    }
  });

  it('say how long an agent was there to whoever sees all that the agent may do, and to the agent', async () => {
    const [ada, , cleo, dag] = place.agents;
    const north: Viewer = { scopes: [{ unit: [place.north] }] };
    const rows = await figures('agents', { grain: 'total' }, north);
    const timeOf = (agent: string | undefined, of: readonly FiguresRow[]) =>
      of.find(({ dimensions }) => dimensions[0]?.id === agent)?.measures['available_time_s'] ?? null;
    const whole = await figures('agents', { grain: 'total' });
    assert.ok(Number(timeOf(ada?.userId, whole)) > 0);
    const hoursOf = async (viewer: Viewer, only: { queueId?: string } = {}) =>
      (await figures('agents', { grain: 'hour', by: 'agent', ...only }, viewer))
        .filter(({ dimensions }) => dimensions[0]?.id === ada?.userId)
        .map(({ periodStart, measures }) => [periodStart, measures['available_time_s'] ?? null] as const);
    const claims = place.queues.find(({ unit_id: unit }) => unit === place.south)?.id ?? '';
    const elsewhere = new Set((await hoursOf(everything, { queueId: claims })).map(([hour]) => hour));
    assert.ok(elsewhere.size > 0, 'Somebody handed something of the south over to Ada');
    assert.deepEqual(
      (await hoursOf(north)).filter(([, time]) => time !== null),
      (await hoursOf(everything)).filter(([hour, time]) => time !== null && !elsewhere.has(hour)),
      'Ada works in the north alone, but for what was handed over',
    );
    assert.equal(timeOf(dag?.userId, rows), null, 'Dag works everywhere');
    assert.equal(timeOf(cleo?.userId, rows), null, 'Cleo works in the south');
    const own = await figures('agents', { grain: 'total' }, { own: dag?.userId ?? '' });
    assert.deepEqual(
      own.map(({ dimensions }) => dimensions[0]?.id),
      [dag?.userId],
    );
    assert.equal(timeOf(dag?.userId, own), timeOf(dag?.userId, whole));
  });

  it('count what is told late where it belongs, and carry on from there', async () => {
    const [agent] = place.agents;
    assert.ok(agent);
    const noon = Date.parse('2028-03-05T11:40:00Z');
    const query = { from: '2028-03-05T00:00:00Z', to: '2028-03-06T00:00:00Z', grain: 'hour' } as const;
    const availableOf = async () =>
      (await figures('agents', { ...query, agentId: agent.userId, by: 'agent' })).map(
        ({ measures }) => measures['available_time_s'],
      );
    const tell = async (outcome: 'available' | 'offline', at: number) =>
      await db.database.transaction(place.account, async (tx) =>
        recordFact(tx, place.account, {
          kind: 'agent-state',
          agentId: agent.userId,
          outcome,
          limit: 4,
          at: new Date(at),
        }),
      );
    await clock.to(Date.parse('2028-03-04T12:00:00Z'));
    await tell('offline', clock.now);
    await rollUp();
    await clock.to(noon);
    await tell('available', noon);
    await clock.to(noon + 3 * hourMs);
    await rollUp();
    assert.deepEqual(await availableOf(), [1200, 3600, 3600, 2400]);
    // The node died long ago, and only now is that told.
    await tell('offline', noon + hourMs);
    await rollUp();
    assert.deepEqual(await availableOf(), [1200, 2400]);
  });

  it('take up a fact of a transaction that was under way while others were counted', async () => {
    await clock.to(Date.parse('2028-03-10T10:00:00Z'));
    const query = {
      from: '2028-03-10T10:00:00Z',
      to: '2028-03-10T11:00:00Z',
      grain: 'hour',
      by: 'all',
    } as const;
    const sessions = async () => (await figures('visitors', query))[0]?.measures['sessions'];
    const [site] = place.sites;
    assert.ok(site);
    const begun = { kind: 'session-begun', siteId: site.id } as const;
    await db.database.transaction(place.account, async (tx) => {
      recordFact(tx, place.account, begun);
      await tx.sql.selectFrom('fact').select('at').limit(1).execute();
      await Promise.resolve();
    });
    const held = Promise.withResolvers<undefined>();
    const told = Promise.withResolvers<undefined>();
    const slow = db.database.transaction(place.account, async (tx) => {
      recordFact(tx, place.account, begun);
      await tx.sql.selectFrom('fact').select('at').limit(1).execute();
      told.resolve(undefined);
      await held.promise;
    });
    await told.promise;
    await rollUp();
    assert.equal(await sessions(), 1);
    held.resolve(undefined);
    await slow;
    await rollUp();
    assert.equal(await sessions(), 2);
  });

  it('come out the same when they are counted anew from their facts', async () => {
    const everyFigure = async () =>
      (
        await db.asOwner(
          'select grain, period_start, subject, queue_id, site_id, agent_id, base from figure order by 1, 2, 3, 4, 5, 6',
        )
      ).rows;
    const before = await everyFigure();
    await db.asOwner('delete from figure');
    await db.asOwner('delete from carried_hour');
    await db.asOwner('delete from rolled_up');
    await db.asOwner(
      "insert into stale_hour (account_id, hour) select distinct account_id, date_trunc('hour', at, 'UTC') from fact",
    );
    await rollUp();
    assert.deepEqual(await everyFigure(), before);
  });
});

/** Metrics of an agent as a whole. */
const wholeAgent = ['available_time_s', 'away_time_s', 'signed_in_time_s', 'engaged_time_s'];

/** Scopes that share out the queues: each queue lies in exactly one of them, some by their region. */
function sharesOf(random: Random, place: BusyAccount): Scope[][] {
  const queue = random.shuffled(place.queues.map(({ id }) => id));
  const cut = 1 + random.below(queue.length - 1);
  const byQueue = [[{ queue: queue.slice(0, cut) }], [{ queue: queue.slice(cut) }]];
  const byUnit = [[{ unit: [place.north] }], [{ unit: [place.south] }]];
  const chosen = random.oneOf([byQueue, byUnit]);
  // Each in turn shared out by site.
  return random.next() < 0.5
    ? chosen
    : chosen.flatMap((scopes) =>
        place.sites.map(({ id }) => scopes.map((scope) => ({ ...scope, site: [id] }))),
      );
}

/** The sum of a metric with at most three decimals, in whole thousandths. */
function thousandfold(rows: readonly FiguresRow[], name: string): number {
  return rows.reduce((sum, { measures }) => sum + Math.round(Number(measures[name] ?? 0) * 1000), 0);
}

function inOrder(
  one: { periodStart: string; id: string | null },
  other: { periodStart: string; id: string | null },
): number {
  const [a, b] = [`${one.periodStart} ${one.id}`, `${other.periodStart} ${other.id}`];
  return a < b ? -1 : 1;
}

function byId(one: { id: string | null }, other: { id: string | null }): number {
  return String(one.id) < String(other.id) ? -1 : 1;
}
