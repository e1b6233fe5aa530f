import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import type { Delivery, LoadGenerator } from './load/generator.ts';
import { chatMessages, everythingMasked, ruleOf } from './masked-texts.ts';
import { PlatformNode, type SeededAccount } from './platform-node.ts';
import { Worker } from './worker.ts';

const perSecond = 100;
const warmMs = 1_000;
const texts = chatMessages(2_000);
/** As long as a message may be, and as much work for the rules below as there can be. */
const busy = ['a'.repeat(3_900)];
/** Keeps its thread for some tens of milliseconds with each such text: any slower, and it would soon be used no more. */
const hostile = ruleOf('(?:a?){60}b', 'slow');

/** How long an account’s messages take while another account posts to a rule that is as slow as a rule can be (attack 67). */
export const hostileRule: Benchmark = { name: 'hostile-rule', run: measureNeighbour };

async function measureNeighbour({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const database = await startDurableDatabase();
  const node = await PlatformNode.start(database);
  try {
    const neighbour = await node.account(20, everythingMasked);
    const delivered: Record<'alone' | 'hostile', Delivery[]> = { alone: [], hostile: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of round % 2 === 0
        ? (['alone', 'hostile'] as const)
        : (['hostile', 'alone'] as const)) {
        // A new account each time: a rule that was found out is not used again.
        const other = kind === 'hostile' ? await node.account(4, { 'masking.rules': [hostile] }) : null;
        const delivery = await deliver(neighbour, other, seconds * 1_000);
        delivered[kind].push(delivery);
        console.log(`  ${kind}: p50 ${delivery.p50Ms.toFixed(1)}, p99 ${delivery.p99Ms.toFixed(1)} ms`);
      }
    }
    return (['p50Ms', 'p99Ms'] as const).map((of) => findingOf(delivered, of));
  } finally {
    await node.stop();
    await database.close();
  }
}

/** What the neighbour’s messages take while the other account, if there is one, posts one long text after the other. */
async function deliver(neighbour: SeededAccount, other: SeededAccount | null, ms: number): Promise<Delivery> {
  const [noise, load] = [generator(), generator()];
  try {
    await noise.ask('connect', { plans: (await other?.plans(busy)) ?? [] });
    await load.ask('connect', { plans: await neighbour.plans(texts) });
    const posting = other === null ? null : noise.ask('throughput', { warmMs: 0, ms: warmMs + ms });
    const delivery = await load.ask('steady', { perSecond, warmMs, ms });
    await posting;
    return delivery;
  } finally {
    await noise.stop();
    await load.stop();
  }
}

function generator(): Worker<LoadGenerator> {
  return new Worker<LoadGenerator>(new URL('load/generator.ts', import.meta.url));
}

function findingOf(
  { alone, hostile: beside }: Record<'alone' | 'hostile', readonly Delivery[]>,
  of: 'p50Ms' | 'p99Ms',
): Finding {
  const values = (deliveries: readonly Delivery[]) => spreadOf(deliveries.map((delivery) => delivery[of]));
  return {
    what: `${of.slice(0, 3)} of an account’s messages at ${perSecond}/s while another posts to a hostile rule without pause, against having the node alone`,
    measured: `${(values(beside).median / values(alone).median).toFixed(2)} times`,
    target: null,
    met: null,
    from: `${shown(values(beside), 1)} against ${shown(values(alone), 1)} ms`,
  };
}

if (import.meta.main) await runFromCommandLine([hostileRule]);
