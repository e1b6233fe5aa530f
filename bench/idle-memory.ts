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

const connections = 2_000;
/** Connected and gone again before anything is measured, so that code and pools are there already. */
const warmConnections = 200;
/** Long enough for everything that happens regularly to have happened, but a minute's. */
const settleMs = 6_000;
const promiseKb = 20;

/** Server memory for each idle connection. */
interface Memory {
  readonly residentKb: number;
  readonly heldKb: number;
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
      finding('an open conversation', found.conversing, found.bare),
      finding('no conversation yet', found.connected, found.bare),
    ];
  } finally {
    await database.close();
  }
}

function finding(what: string, platform: readonly Memory[], bare: readonly Memory[]): Finding {
  const resident = (memories: readonly Memory[]) => spreadOf(memories.map(({ residentKb }) => residentKb));
  const held = (memories: readonly Memory[]) => spreadOf(memories.map(({ heldKb }) => heldKb));
  const beyond = resident(platform).median - resident(bare).median;
  return {
    what: `server memory for each idle visitor connection with ${what}, beyond bare \`ws\``,
    measured: `${beyond.toFixed(1)} KB`,
    target: `≤ ${promiseKb} KB`,
    met: beyond <= promiseKb,
    from: `resident ${shown(resident(platform), 1)} against ${shown(resident(bare), 1)} KB; of that held by JavaScript ${shown(held(platform), 1)} against ${shown(held(bare), 1)} KB; ${connections} connections`,
  };
}

async function preparePlatform(
  database: DurableDatabase,
): Promise<(conversing: boolean) => Promise<Subject>> {
  const db = database.platform;
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const account = await seedAccount(db, url);
  const seeded = await seedConversations(db, account, { url, count: connections, perAgent: 50 });
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
    plans: Array.from({ length: connections }, (_, index) => {
      return { kind: 'bare', url: `ws://127.0.0.1:${port}/?conversation=${index}&side=visitor` };
    }),
    usage: async () => await worker.ask('usage', {}),
    stop: async () => await worker.stop(),
  };
}

async function measure(subject: Subject): Promise<Memory> {
  const load = new Worker<LoadGenerator>(new URL('load/generator.ts', import.meta.url));
  try {
    await load.ask('connect', { plans: subject.plans.slice(0, warmConnections) });
    await sleep(settleMs / 2);
    await load.ask('leave', {});
    await sleep(settleMs / 2);
    const before = await subject.usage();
    await load.ask('connect', { plans: subject.plans });
    await sleep(settleMs);
    const after = await subject.usage();
    await load.ask('leave', {});
    return {
      residentKb: (after.residentBytes - before.residentBytes) / 1024 / connections,
      heldKb: (after.heldBytes - before.heldBytes) / 1024 / connections,
    };
  } finally {
    await load.stop();
    await subject.stop();
  }
}

if (import.meta.main) await runFromCommandLine([idleMemory]);
