import { randomUUID } from 'node:crypto';
import { startConversation, ConversationLog } from '../server/src/features/conversations/index.ts';
import { Fanout } from '../server/src/platform/fanout/index.ts';
import { ConversationKeys } from '../server/src/platform/keys/index.ts';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../server/test/callers.ts';
import type { TestDatabase } from '../server/test/database.ts';
import { asMasked } from '../server/test/masked.ts';

/** A conversation under way: a visitor and the agent who has it. */
export interface SeededConversation {
  readonly id: string;
  readonly visitor: VisitorClient;
  readonly agent: Person;
}

/** An account on a node that will listen at `url`. */
export async function seedAccount(db: TestDatabase, url: URL): Promise<TestAccount> {
  return await makeAccount(db, { origin: url.origin });
}

/** Conversations under way, `perAgent` of them with each agent. */
export async function seedConversations(
  db: TestDatabase,
  account: TestAccount,
  { url, count, perAgent }: { url: URL; count: number; perAgent: number },
): Promise<SeededConversation[]> {
  const fanout = new Fanout();
  const log = new ConversationLog(new ConversationKeys(db.keyring), fanout);
  const seeded: SeededConversation[] = [];
  let agent: Person | null = null;
  for (let index = 0; index < count; index += 1) {
    if (agent === null || index % perAgent === 0)
      agent = await makePerson(db, account, { url, roles: ['agent'] });
    const visitor = await makeVisitor(db, account, url);
    const caller = {
      accountId: account.id,
      visitorId: visitor.visitorId,
      siteId: account.siteId,
      address: '',
      origin: account.origin,
    };
    const { id } = await db.database.transaction(
      account.id,
      async (tx) =>
        await startConversation(tx, { log, fanout }, caller, { cid: randomUUID(), text: asMasked('Hello') }),
    );
    seeded.push({ id, visitor, agent });
  }
  await db.asOwner(
    `update conversation set state = 'active', agent_id = given.agent
     from unnest($1::uuid[], $2::uuid[]) as given (id, agent) where conversation.id = given.id`,
    [seeded.map(({ id }) => id), seeded.map(({ agent }) => agent.userId)],
  );
  // As the database does by itself within a minute: so that it knows what it has when it plans.
  await db.asOwner('analyze');
  return seeded;
}
