import { createRealtimeTicket } from '@samtal/contract/realtime';
import type { SettingOverrides } from '@samtal/contract/settings';
import { changeSettings } from '../server/src/features/settings/index.ts';
import { freePort } from '../server/test/node.ts';
import type { DurableDatabase } from './durable-database.ts';
import type { SeatPlan } from './load/seats.ts';
import { seedAccount, seedConversations, type SeededConversation } from './seed.ts';
import type { PlatformSubject } from './subjects/platform.ts';
import type { Usage } from './usage.ts';
import { Worker } from './worker.ts';

/** An account with conversations under way. */
export interface SeededAccount {
  readonly accountId: string;
  /** Both ends of each conversation, who post these texts in turn. A plan is good for one connection. */
  plans(texts?: readonly string[]): Promise<SeatPlan[]>;
}

/** One node of the platform in a process of its own. */
export class PlatformNode {
  readonly #database: DurableDatabase;
  readonly #url: URL;
  readonly #worker: Worker<PlatformSubject>;

  private constructor(database: DurableDatabase, url: URL, worker: Worker<PlatformSubject>) {
    this.#database = database;
    this.#url = url;
    this.#worker = worker;
  }

  static async start(database: DurableDatabase): Promise<PlatformNode> {
    const { url: databaseUrl, keyringDirectory } = database.platform;
    const port = await freePort();
    const worker = new Worker<PlatformSubject>(new URL('subjects/platform.ts', import.meta.url));
    await worker.ask('start', { databaseUrl, keyringDirectory, port });
    return new PlatformNode(database, new URL(`http://127.0.0.1:${port}`), worker);
  }

  async account(count: number, set: SettingOverrides): Promise<SeededAccount> {
    const { platform } = this.#database;
    const url = this.#url;
    const account = await seedAccount(platform, url);
    await platform.database.transaction(account.id, async (tx) => {
      const change = { channelId: null, version: 0, set, unset: [], reason: 'benchmark' };
      await changeSettings(tx, account.id, { ...change, by: { kind: 'operator' } });
    });
    const seeded = await seedConversations(platform, account, { url, count, perAgent: 1 });
    return {
      accountId: account.id,
      plans: async (texts) =>
        (await Promise.all(seeded.map(async (each) => await seats(each, url, texts)))).flat(),
    };
  }

  async usage(): Promise<Usage> {
    return await this.#worker.ask('usage', {});
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
  }
}

/** The visitor's seat and the agent's. */
export async function seats(
  { id, visitor, agent }: SeededConversation,
  url: URL,
  texts?: readonly string[],
): Promise<SeatPlan[]> {
  const { ticket } = await agent.call(createRealtimeTicket, { params: { accountId: agent.accountId } });
  const address = (path: string) => new URL(`/api/v1/realtime/${path}`, url).href.replace('http:', 'ws:');
  const seat = {
    kind: 'platform',
    origin: url.origin,
    stream: `${id}:public`,
    ...(texts === undefined ? {} : { texts }),
  } as const;
  return [
    { ...seat, url: address(`visitor?site=${visitor.account.siteKey}`), credential: visitor.token },
    { ...seat, url: address('agent'), credential: ticket },
  ];
}
