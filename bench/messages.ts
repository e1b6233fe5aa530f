import { freePort } from '../server/test/node.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase, type DurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import type { Delivery, LoadGenerator, Throughput } from './load/generator.ts';
import type { SeatPlan } from './load/seats.ts';
import { seats } from './platform-node.ts';
import { seedAccount, seedConversations } from './seed.ts';
import type { BareSubject, Commits } from './subjects/bare.ts';
import type { PlatformSubject } from './subjects/platform.ts';
import type { Usage } from './usage.ts';
import { Worker } from './worker.ts';

const conversations = 200;
const steadyPerSecond = 500;
const warmMs = 3_000;

/** One measurement of one of the programs that are compared. */
interface Round {
  readonly throughput: Throughput;
  readonly delivery: Delivery;
  /** Of server and database for each 1,000 messages, at full load; null where it cannot be told. */
  readonly processorSeconds: { readonly server: number; readonly database: number | null };
}

/** A server under test, ready for its seats. */
interface Subject {
  plans(): Promise<SeatPlan[]>;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Durable acknowledged messages per second, and how long one takes to the other side (issue: A visitor and an agent talk). */
export const messages: Benchmark = { name: 'messages', run: measureMessages };

async function measureMessages(options: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  try {
    const platform = await preparePlatform(database, options.profileDirectory);
    const subjects = {
      platform,
      group: async () => await startBare(database, 'group'),
      plain: async () => await startBare(database, 'plain'),
    };
    const rounds: Record<keyof typeof subjects, Round[]> = { platform: [], group: [], plain: [] };
    const names = Object.keys(subjects) as (keyof typeof subjects)[];
    for (let round = 0; round < options.rounds; round += 1) {
      // In turn, and every other time backwards: whatever else the machine does meets all of them.
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const result = await measure(await subjects[name](), database, options);
        rounds[name].push(result);
        console.log(`  ${name}: ${describe(result)}`);
      }
    }
    return findingsOf(rounds);
  } finally {
    await database.close();
  }
}

async function preparePlatform(
  database: DurableDatabase,
  profileDirectory: string | null,
): Promise<() => Promise<Subject>> {
  const db = database.platform;
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const account = await seedAccount(db, url);
  const seeded = await seedConversations(db, account, { url, count: conversations, perAgent: 1 });
  return async () => {
    const nodeOptions = profileDirectory === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDirectory}`];
    const worker = new Worker<PlatformSubject>(new URL('subjects/platform.ts', import.meta.url), {
      nodeOptions,
    });
    await worker.ask('start', { databaseUrl: db.url, keyringDirectory: db.keyringDirectory, port });
    return {
      plans: async () => (await Promise.all(seeded.map(async (each) => await seats(each, url)))).flat(),
      usage: async () => await worker.ask('usage', {}),
      stop: async () => await worker.stop(),
    };
  };
}

async function startBare({ bareUrl }: DurableDatabase, commits: Commits): Promise<Subject> {
  const worker = new Worker<BareSubject>(new URL('subjects/bare.ts', import.meta.url));
  const { port } = await worker.ask('start', { databaseUrl: bareUrl, commits });
  return {
    plans: async () =>
      Array.from({ length: conversations }, (_, conversation) =>
        ['visitor', 'agent'].map((side): SeatPlan => ({
          kind: 'bare',
          url: `ws://127.0.0.1:${port}/?conversation=${conversation}&side=${side}`,
        })),
      ).flat(),
    usage: async () => await worker.ask('usage', {}),
    stop: async () => await worker.stop(),
  };
}

async function measure(
  subject: Subject,
  database: DurableDatabase,
  { seconds }: BenchmarkOptions,
): Promise<Round> {
  const load = new Worker<LoadGenerator>(new URL('load/generator.ts', import.meta.url));
  try {
    await load.ask('connect', { plans: await subject.plans() });
    await load.ask('throughput', { warmMs: 0, ms: warmMs });
    const before = { server: await subject.usage(), database: database.processorSeconds() };
    const throughput = await load.ask('throughput', { warmMs: 0, ms: seconds * 1_000 });
    const after = { server: await subject.usage(), database: database.processorSeconds() };
    const thousands = throughput.acknowledged / 1_000;
    const delivery = await load.ask('steady', { perSecond: steadyPerSecond, warmMs, ms: seconds * 1_000 });
    await load.ask('leave', {});
    return {
      throughput,
      delivery,
      processorSeconds: {
        server: (after.server.processorSeconds - before.server.processorSeconds) / thousands,
        database:
          before.database === null || after.database === null
            ? null
            : (after.database - before.database) / thousands,
      },
    };
  } finally {
    await load.stop();
    await subject.stop();
  }
}

function describe({ throughput, delivery, processorSeconds: { server, database } }: Round): string {
  const { perSecond, p50Ms, p99Ms, heldBack } = throughput;
  const held = heldBack === 0 ? '' : ` (${heldBack} held back)`;
  const of = database === null ? '' : ` and ${database.toFixed(2)} of the database`;
  return [
    `${perSecond.toFixed(0)}/s${held}, acknowledged after p50 ${p50Ms.toFixed(1)} p99 ${p99Ms.toFixed(1)} ms`,
    `${server.toFixed(2)} s of the server${of} per 1,000`,
    `at ${steadyPerSecond}/s delivered after p50 ${delivery.p50Ms.toFixed(1)} p99 ${delivery.p99Ms.toFixed(1)} most ${delivery.mostMs.toFixed(0)} ms`,
  ].join('; ');
}

function findingsOf({ platform, group, plain }: Record<'platform' | Commits, readonly Round[]>): Finding[] {
  const perSecond = (rounds: readonly Round[]) =>
    spreadOf(rounds.map(({ throughput }) => throughput.perSecond));
  const p99 = (rounds: readonly Round[]) => spreadOf(rounds.map(({ delivery }) => delivery.p99Ms));
  const processor = (rounds: readonly Round[]) =>
    spreadOf(rounds.map(({ processorSeconds: { server, database } }) => server + (database ?? 0)));
  const ceilings = [
    { name: 'one insert and commit each', rounds: plain },
    { name: 'group commit', rounds: group },
  ];
  return [
    ...ceilings.map(({ name, rounds }): Finding => {
      const ratio = perSecond(platform).median / perSecond(rounds).median;
      return {
        what: `acknowledged messages/s, ${conversations} conversations, against bare \`ws\` with ${name}`,
        measured: ratio.toFixed(2),
        target: '≥ 0.5',
        met: ratio >= 0.5,
        from: `${shown(perSecond(platform), 0)} against ${shown(perSecond(rounds), 0)} per second`,
      };
    }),
    ...ceilings.map(({ name, rounds }): Finding => {
      const ratio = p99(platform).median / p99(rounds).median;
      return {
        what: `p99 from sent to the other side at ${steadyPerSecond}/s, against bare \`ws\` with ${name}`,
        measured: ratio.toFixed(2),
        target: '≤ 3',
        met: ratio <= 3,
        from: `${shown(p99(platform), 1)} against ${shown(p99(rounds), 1)} ms`,
      };
    }),
    {
      what: 'processor seconds per 1,000 messages at full load, server and database together',
      measured: `${(processor(platform).median / processor(group).median).toFixed(1)} times group commit`,
      target: null,
      met: null,
      from: `${shown(processor(platform), 2)} against ${shown(processor(plain), 2)} (one each) and ${shown(processor(group), 2)} (group)`,
    },
  ];
}

if (import.meta.main) await runFromCommandLine([messages]);
