import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../server/test/node.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase, type DurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import type { LoadGenerator } from './load/generator.ts';
import type { SeatPlan } from './load/seats.ts';
import { seedAccount, seedConversations } from './seed.ts';
import type { BareSubject } from './subjects/bare.ts';
import type { PlatformSubject } from './subjects/platform.ts';
import type { Usage } from './usage.ts';
import { Worker } from './worker.ts';

/**
 * Connected before anything is measured and staying: the first connections also pay for code, pools and the young
 * generation of the heap, which V8 lets grow to some tens of megabytes once, however many connections follow.
 */
const before = 2_000;
const connections = 2_000;
/** Long enough for everything that happens regularly to have happened, but a minute's. */
const settleMs = 6_000;
const promiseKb = 20;

/** Server memory for each idle connection. */
interface Memory {
  readonly residentKb: number;
  readonly heldKb: number;
  /** For each of those that were there before, with everything that the first connections pay for. */
  readonly firstResidentKb: number;
}

interface Subject {
  readonly plans: readonly SeatPlan[];
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** What a visitor costs who has the chat open and says nothing. */
export const idleMemory: Benchmark = { name: 'idle-memory', run: measureMemory };

async function measureMemory({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  try {
    const platform = await preparePlatform(database);
    const subjects = {
      conversing: async () => await platform(true),
      connected: async () => await platform(false),
      bare: startBare,
    };
    const found: Record<keyof typeof subjects, Memory[]> = { conversing: [], connected: [], bare: [] };
    const names = Object.keys(subjects) as (keyof typeof subjects)[];
    for (let round = 0; round < rounds; round += 1) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const memory = await measure(await subjects[name]());
        found[name].push(memory);
        console.log(
          `  ${name}: ${memory.residentKb.toFixed(1)} KB resident, ${memory.heldKb.toFixed(1)} KB held by JavaScript`,
        );
      }
    }
    return [
      findingOf('an open conversation', found.conversing, found.bare),
      findingOf('no conversation yet', found.connected, found.bare),
    ];
  } finally {
    await database.close();
  }
}

function findingOf(what: string, platform: readonly Memory[], bare: readonly Memory[]): Finding {
  const of = (memories: readonly Memory[], key: keyof Memory) =>
    spreadOf(memories.map((memory) => memory[key]));
  const compared = (key: keyof Memory) =>
    `${shown(of(platform, key), 1)} against ${shown(of(bare, key), 1)} KB`;
  const beyond = (key: keyof Memory) => of(platform, key).median - of(bare, key).median;
  // A heap with room in it takes more without growing: the process alone would say too little.
  const most = Math.max(beyond('residentKb'), beyond('heldKb'));
  return {
    what: `server memory for each idle visitor connection with ${what}, beyond bare \`ws\``,
    measured: `${most.toFixed(1)} KB`,
    target: `≤ ${promiseKb} KB`,
    met: most <= promiseKb,
    from: [
      `${connections} connections beside ${before}: resident ${compared('residentKb')}, held by JavaScript ${compared('heldKb')}`,
      `the first ${before}, with all that grows only once: resident ${compared('firstResidentKb')}`,
    ].join('; '),
  };
}

async function preparePlatform(
  database: DurableDatabase,
): Promise<(conversing: boolean) => Promise<Subject>> {
  const db = database.platform;
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const account = await seedAccount(db, url);
  const seeded = await seedConversations(db, account, { url, count: before + connections, perAgent: 50 });
  const address = new URL(`/api/v1/realtime/visitor?site=${account.siteKey}`, url).href.replace(
    'http:',
    'ws:',
  );
  return async (conversing) => {
    const worker = new Worker<PlatformSubject>(new URL('subjects/platform.ts', import.meta.url), {
      nodeOptions: ['--expose-gc'],
    });
    await worker.ask('start', { databaseUrl: db.url, keyringDirectory: db.keyringDirectory, port });
    return {
      plans: seeded.map(({ id, visitor }) => {
        const stream = conversing ? `${id}:public` : null;
        return { kind: 'platform', url: address, origin: url.origin, credential: visitor.token, stream };
      }),
      usage: async () => await worker.ask('usage', {}),
      stop: async () => await worker.stop(),
    };
  };
}

async function startBare(): Promise<Subject> {
  const worker = new Worker<BareSubject>(new URL('subjects/bare.ts', import.meta.url), {
    nodeOptions: ['--expose-gc'],
  });
  const { port } = await worker.ask('start', { databaseUrl: null, commits: 'group' });
  return {
    plans: Array.from({ length: before + connections }, (_, index) => {
      return { kind: 'bare', url: `ws://127.0.0.1:${port}/?conversation=${index}&side=visitor` };
    }),
    usage: async () => await worker.ask('usage', {}),
    stop: async () => await worker.stop(),
  };
}

async function measure(subject: Subject): Promise<Memory> {
  const load = new Worker<LoadGenerator>(new URL('load/generator.ts', import.meta.url));
  try {
    const empty = await subject.usage();
    await load.ask('connect', { plans: subject.plans.slice(0, before) });
    await sleep(settleMs);
    const first = await subject.usage();
    await load.ask('connect', { plans: subject.plans.slice(before) });
    await sleep(settleMs);
    const all = await subject.usage();
    await load.ask('leave', {});
    return {
      residentKb: (all.residentBytes - first.residentBytes) / 1024 / connections,
      heldKb: (all.heldBytes - first.heldBytes) / 1024 / connections,
      firstResidentKb: (first.residentBytes - empty.residentBytes) / 1024 / before,
    };
  } finally {
    await load.stop();
    await subject.stop();
  }
}

if (import.meta.main) await runFromCommandLine([idleMemory]);
