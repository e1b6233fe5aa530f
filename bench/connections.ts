import { changeSettings } from '../server/src/features/settings/index.ts';
import { makeAccount, makeVisitor, type TestAccount } from '../server/test/callers.ts';
import { startTestNode } from '../server/test/node.ts';
import { TestSocket } from '../server/test/socket.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

/** Visitors who connect at the same time. */
const lanes = 16;

/** What the activity log costs whoever connects: visitors' sockets a second with it, and without it in turn. */
export const connections: Benchmark = { name: 'connections', run: measureConnections };

async function measureConnections({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const durable = await startDurableDatabase();
  const { platform: db } = durable;
  const node = await startTestNode(db);
  try {
    const logged = await makeAccount(db, { origin: node.url.origin });
    const unlogged = await makeAccount(db, { origin: node.url.origin });
    await db.database.transaction(unlogged.id, async (tx) => {
      await changeSettings(tx, unlogged.id, {
        channelId: null,
        version: 0,
        set: { 'activity-log.level': 'off' },
        unset: [],
        by: { kind: 'operator' },
        reason: 'benchmark',
      });
    });
    const connect = async (account: TestAccount) => await connectionsPerSecond(account, seconds);
    const connectionsPerSecond = async (account: TestAccount, forSeconds: number) => {
      const visitors = await Promise.all(
        Array.from({ length: lanes }, async () => await makeVisitor(db, account, node.url)),
      );
      const began = performance.now();
      const until = began + forSeconds * 1000;
      let count = 0;
      const lane = async (visitor: (typeof visitors)[number]) => {
        while (performance.now() < until) {
          const socket = await TestSocket.asVisitor(visitor, node.url);
          socket.close();
          await socket.closed();
          count += 1;
        }
      };
      await Promise.all(visitors.map(lane));
      return (count * 1000) / (performance.now() - began);
    };
    // The first connections of a process are slower than all others.
    await connectionsPerSecond(logged, 1);
    await connectionsPerSecond(unlogged, 1);
    const ratios: number[] = [];
    const rates = { logged: [] as number[], unlogged: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const without = await connect(unlogged);
      const withLog = await connect(logged);
      rates.unlogged.push(without);
      rates.logged.push(withLog);
      ratios.push(withLog / without);
      console.log(`  ${withLog.toFixed(0)} connections/s with the log, ${without.toFixed(0)} without`);
    }
    const ratio = spreadOf(ratios);
    return [
      {
        what: 'visitors’ connections with the activity log, of those without',
        measured: shown(ratio, 2),
        target: '≥ 0.90',
        met: ratio.median >= 0.9,
        from: `${shown(spreadOf(rates.logged), 0)}/s and ${shown(spreadOf(rates.unlogged), 0)}/s; ${lanes} at a time, client and server in one process`,
      },
    ];
  } finally {
    await node.stop();
    await durable.close();
  }
}

if (import.meta.main) await runFromCommandLine([connections]);
