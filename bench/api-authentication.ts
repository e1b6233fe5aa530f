import { listRoles } from '@samtal/contract/access';
import { issueToken } from '@samtal/contract/api-keys';
import { listCannedReplies } from '@samtal/contract/canned-replies';
import { makeAccount, makePerson, makeProgram, Program, request } from '../server/test/callers.ts';
import { startTestNode } from '../server/test/node.ts';
import { setSettings } from '../server/test/settings.ts';
import { runFromCommandLine } from './command-line.ts';
import { startDurableDatabase } from './durable-database.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

/** Requests under way at the same time. */
const lanes = 8;

/** What letting a program in costs: requests a second by key and by token, against the same requests with a session. */
export const apiAuthentication: Benchmark = { name: 'api-authentication', run: measure };

async function measure({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const durable = await startDurableDatabase();
  const { platform: db } = durable;
  const node = await startTestNode(db);
  try {
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'api.user-requests-per-minute': 600_000, 'api.requests-per-minute': 60_000 }),
    ]);
    const account = await makeAccount(db, { origin: node.url.origin });
    const params = { accountId: account.id };
    const person = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const { items } = await person.call(listRoles, { params });
    const roleId = items.find(({ builtIn }) => builtIn === 'administrator')?.id ?? '';
    const key = await makeProgram(person, [{ roleId, scope: {} }]);
    const mode = async (kind: 'key' | 'token') =>
      await setSettings(db, account.id, { 'api.authentication': kind });
    await mode('token');
    const form = { grant_type: 'client_credentials', client_id: key.keyId, client_secret: key.bearer };
    const { body } = await request(node.url, issueToken, { form });
    const token = new Program(node.url, (body as { access_token: string }).access_token);

    const perSecond = async (ask: () => Promise<{ status: number }>, forSeconds: number) => {
      const began = performance.now();
      const until = began + forSeconds * 1000;
      let count = 0;
      const lane = async () => {
        while (performance.now() < until) {
          const { status } = await ask();
          if (status !== 200) throw new Error(`A request was answered ${status}`);
          count += 1;
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      return (count * 1000) / (performance.now() - began);
    };
    const ways = {
      session: async (forSeconds: number) =>
        await perSecond(async () => await person.try(listCannedReplies, { params }), forSeconds),
      key: async (forSeconds: number) => {
        await mode('key');
        return await perSecond(async () => await key.try(listCannedReplies, { params }), forSeconds);
      },
      token: async (forSeconds: number) => {
        await mode('token');
        return await perSecond(async () => await token.try(listCannedReplies, { params }), forSeconds);
      },
    };
    for (const way of Object.values(ways)) await way(1);
    const rates = { session: [] as number[], key: [] as number[], token: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      const order = Object.keys(ways) as (keyof typeof ways)[];
      for (const way of round % 2 === 0 ? order : order.toReversed())
        rates[way].push(await ways[way](seconds));
      const last = (way: keyof typeof ways) => rates[way].at(-1)?.toFixed(0);
      console.log(
        `  ${last('session')} requests/s by session, ${last('key')} by key, ${last('token')} by token`,
      );
    }
    return (['key', 'token'] as const).map((way) => {
      const ratio = spreadOf(rates[way].map((rate, round) => rate / (rates.session[round] ?? Number.NaN)));
      return {
        what: `requests answered by ${way}, of those by session`,
        measured: shown(ratio, 2),
        target: '≥ 0.70',
        met: ratio.median >= 0.7,
        from: `${shown(spreadOf(rates[way]), 0)}/s and ${shown(spreadOf(rates.session), 0)}/s; ${lanes} at a time, client and server in one process`,
      };
    });
  } finally {
    await node.stop();
    await durable.close();
  }
}

if (import.meta.main) await runFromCommandLine([apiAuthentication]);
