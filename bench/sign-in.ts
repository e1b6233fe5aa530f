import { signIn } from '@samtal/contract/signin';
import { Passwords } from '../server/src/features/signin/passwords.ts';
import { testUser } from '../server/test/accounts.ts';
import { makeAccount, request } from '../server/test/callers.ts';
import { startTestNode } from '../server/test/node.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

/** People who sign in at the same time, each one again as soon as the answer is there. */
const people = 8;
const password = 'blå hästar äter 7 tulpaner';

/** How many people a node lets in a second, against only judging as many passwords: what is around the hash. */
export const signInThroughput: Benchmark = { name: 'sign-in', run: measure };

async function measure({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const durable = await startDurableDatabase();
  const { platform: db } = durable;
  const node = await startTestNode(db);
  try {
    const account = await makeAccount(db, { origin: node.url.origin });
    const emails: string[] = [];
    for (let person = 0; person < people; person += 1)
      emails.push((await testUser(db, account.id, { password, roles: ['agent'] })).email);

    const passwords = new Passwords();
    const hash = await passwords.hash(password);
    const judge = async () => {
      if (!(await passwords.verify(password, hash))) throw new Error('The right password was refused');
    };
    const enter = async (email: string) => {
      const { status } = await request(node.url, signIn, {
        body: { email, password },
        headers: { origin: node.url.origin },
      });
      if (status !== 201) throw new Error(`Signing in was answered ${status}`);
    };
    const ways = { whole: enter, hash: judge };
    for (const way of Object.values(ways)) await perSecond(emails, way, 1);
    const rates = { whole: [] as number[], hash: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const order = Object.keys(ways) as (keyof typeof ways)[];
      for (const way of round % 2 === 0 ? order : order.toReversed())
        rates[way].push(await perSecond(emails, ways[way], seconds));
      console.log(
        `  ${rates.whole.at(-1)?.toFixed(1)} sign-ins/s, ${rates.hash.at(-1)?.toFixed(1)} passwords judged/s`,
      );
    }
    const ratio = spreadOf(rates.whole.map((rate, round) => rate / (rates.hash[round] ?? Number.NaN)));
    return [
      {
        what: 'people let in, of as many passwords judged and nothing else',
        measured: shown(ratio, 2),
        target: '≥ 0.70',
        met: ratio.median >= 0.7,
        from: `${shown(spreadOf(rates.whole), 1)}/s and ${shown(spreadOf(rates.hash), 1)}/s; ${people} at a time, client and server in one process`,
      },
    ];
  } finally {
    await node.stop();
    await durable.close();
  }
}

async function perSecond(
  emails: readonly string[],
  work: (email: string) => Promise<void>,
  forSeconds: number,
): Promise<number> {
  const began = performance.now();
  const until = began + forSeconds * 1000;
  let count = 0;
  const lane = async (email: string) => {
    while (performance.now() < until) {
      await work(email);
      count += 1;
    }
  };
  await Promise.all(emails.map(lane));
  return (count * 1000) / (performance.now() - began);
}

if (import.meta.main) await runFromCommandLine([signInThroughput]);
