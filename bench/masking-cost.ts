import { compileMasking, detectorKinds } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase, type DurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import type { LoadGenerator } from './load/generator.ts';
import { chatMessages, everythingMasked, nothingMasked, twelveRules } from './masked-texts.ts';
import { PlatformNode, type SeededAccount } from './platform-node.ts';
import { Worker } from './worker.ts';

const conversations = 50;
const warmMs = 3_000;
const texts = chatMessages(2_000);

/** What of a message's processor time goes into masking it. */
export const maskingCost: Benchmark = { name: 'masking-cost', run: measureCost };

/** Processor milliseconds for each message that was acknowledged. */
interface Cost {
  readonly server: number;
  readonly database: number;
}

async function measureCost({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const node = await PlatformNode.start(database);
  try {
    const accounts = {
      masked: await node.account(conversations, everythingMasked),
      plain: await node.account(conversations, nothingMasked),
    };
    const costs: Record<keyof typeof accounts, Cost[]> = { masked: [], plain: [] };
    const engine: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const name of round % 2 === 0 ? (['masked', 'plain'] as const) : (['plain', 'masked'] as const)) {
        const cost = await costOf({ node, database, account: accounts[name], ms: seconds * 1_000 });
        costs[name].push(cost);
        console.log(`  ${name}: ${cost.server.toFixed(3)} + ${cost.database.toFixed(3)} ms a message`);
      }
      engine.push(engineMs());
    }
    return findingsOf(costs, engine);
  } finally {
    await node.stop();
    await database.close();
  }
}

async function costOf({
  node,
  database,
  account,
  ms,
}: {
  node: PlatformNode;
  database: DurableDatabase;
  account: SeededAccount;
  ms: number;
}): Promise<Cost> {
  const load = new Worker<LoadGenerator>(new URL('load/generator.ts', import.meta.url));
  try {
    await load.ask('connect', { plans: await account.plans(texts) });
    await load.ask('throughput', { warmMs: 0, ms: warmMs });
    const used = async () => ({
      server: (await node.usage()).processorSeconds,
      database: database.processorSeconds() ?? 0,
    });
    const before = await used();
    const { acknowledged } = await load.ask('throughput', { warmMs: 0, ms });
    const after = await used();
    await load.ask('leave', {});
    const each = (seconds: number) => (seconds * 1_000) / acknowledged;
    return { server: each(after.server - before.server), database: each(after.database - before.database) };
  } finally {
    await load.stop();
  }
}

/** Of the engine alone, in this process: milliseconds of processor time for each message. */
function engineMs(): number {
  const masking = compileMasking(
    {
      detectors: [...detectorKinds],
      alsoNetworks: [],
      phoneCountries: ['SE'],
      rules: twelveRules,
      digits: null,
    },
    { patterns: linearPatterns, isPhoneNumber, now: () => performance.now() },
  );
  const mask = (times: number) => {
    for (let time = 0; time < times; time += 1) for (const text of texts) masking.mask(text);
  };
  mask(10);
  const before = process.cpuUsage();
  mask(50);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (50 * texts.length);
}

function findingsOf(
  { masked, plain }: Record<'masked' | 'plain', readonly Cost[]>,
  engine: readonly number[],
): Finding[] {
  const whole = ({ server, database }: Cost) => server + database;
  const shares = masked.map((cost, round) => 1 - whole(plain[round] ?? cost) / whole(cost));
  const costs = (of: readonly Cost[]) => shown(spreadOf(of.map(whole)), 3);
  const alone = spreadOf(engine);
  return [
    {
      what: 'masking’s share of the processor time of an acknowledged message, server and database',
      measured: shown(spreadOf(shares), 2),
      target: null,
      met: null,
      from: `${costs(masked)} ms a message with everything masked, ${costs(plain)} ms with nothing`,
    },
    {
      what: 'of which the engine itself',
      measured: (alone.median / spreadOf(masked.map(whole)).median).toFixed(2),
      target: null,
      met: null,
      from: `${shown(alone, 4)} ms a message`,
    },
  ];
}

if (import.meta.main) await runFromCommandLine([maskingCost]);
