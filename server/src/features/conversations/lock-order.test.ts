import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { sql, type RawBuilder } from 'kysely';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { asMasked } from '../../../test/masked.ts';
import { meet } from '../../../test/meeting.ts';
import type { Tx } from '../../platform/database/index.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { setAttributes } from '../visitors/index.ts';
import { Desk } from './desk.ts';
import {
  agentFile,
  ConversationLog,
  startConversation,
  visitorMessage,
  type ConversationRow,
  type Draft,
} from './index.ts';
import { setSettings } from '../../../test/settings.ts';

/**
 * Each of these would be a deadlock if the two took their locks in different orders. Somebody else holds the lock that
 * both want, until both wait.
 */
describe('those who write to one conversation at the same moment', () => {
  let db: TestDatabase;
  let account: TestAccount;
  let agent: Person;
  let log: ConversationLog;
  let desk: Desk;
  const fanout = new Fanout();
  before(async () => {
    db = await createTestDatabase();
    account = await makeAccount(db, { origin: 'https://example.org' });
    agent = await makePerson(db, account, { url: new URL('https://example.org'), roles: ['agent'] });
    log = new ConversationLog(new ConversationKeys(db.keyring), fanout);
    desk = new Desk(log, fanout, async () => {});
  });
  after(async () => await db.close());

  const transaction = async <Result>(work: (tx: Tx) => Promise<Result>) =>
    await db.database.transaction(account.id, work);
  const visitor = () => ({
    accountId: account.id,
    siteId: account.siteId,
    visitorId: randomUUID(),
    address: '',
    origin: null,
  });
  const user = () => ({ kind: 'user', id: agent.userId, name: agent.name }) as const;
  const text = () => ({ cid: randomUUID(), text: asMasked('Hello') });

  async function start(by = visitor()): Promise<ConversationRow> {
    return await transaction(async (tx) => {
      const conversation = await startConversation(tx, { log, fanout }, by, text());
      return await desk.give(tx, account.id, conversation.id, { agent: user(), how: 'take' });
    });
  }

  /** A message and a note in one batch, as a queue of posts may have them. */
  const both = (conversation: ConversationRow): Draft[] => [
    visitorMessage({ visitorId: conversation.visitor_id }, conversation.id, text()),
    {
      conversationId: conversation.id,
      kind: 'note',
      actor: { kind: 'agent', id: agent.userId, name: agent.name },
      author: agent.userId,
      cid: randomUUID(),
      body: { text: asMasked('A note') },
    },
  ];

  const together = async (lock: RawBuilder<unknown>, ...others: ((tx: Tx) => Promise<unknown>)[]) =>
    await meet(db, account.id, {
      lock,
      others: others.map((other) => async () => await transaction(other)),
    });
  const ofStream = ({ id }: ConversationRow, audience: 'public' | 'internal') =>
    sql`select from stream where account_id = ${account.id} and conversation_id = ${id} and audience = ${audience} for update`;

  it('post while it is resolved', async () => {
    const conversation = await start();
    await together(
      ofStream(conversation, 'internal'),
      async (tx) => await log.append(tx, account.id, both(conversation)),
      async (tx) => await desk.resolve(tx, account.id, conversation.id, { by: user(), reason: 'agent' }),
    );
  });

  it('post while it is handed over', async () => {
    const conversation = await start();
    const colleague = await makePerson(db, account, { url: agent.url, roles: ['agent'] });
    await together(
      ofStream(conversation, 'internal'),
      async (tx) => await log.append(tx, account.id, both(conversation)),
      async (tx) =>
        await desk.handOver(tx, account.id, conversation.id, {
          to: { userId: colleague.userId, seconds: 30 },
          by: user(),
          note: null,
        }),
    );
  });

  it('post while its silence is judged, and while it ends of it', async () => {
    const conversation = await start();
    await together(
      ofStream(conversation, 'internal'),
      async (tx) => await log.append(tx, account.id, both(conversation)),
      async (tx) => {
        await desk.holdStill(tx, account.id, conversation.id);
        await desk.resolve(tx, account.id, conversation.id, { by: { kind: 'system' }, reason: 'inactivity' });
      },
    );
  });

  it('post while the visitor writes from another page that says something of them', async () => {
    await setSettings(db, account.id, {
      'visitors.attributes': [
        { key: 'customer', label: 'Customer', purpose: 'Billing', category: 'customer', indexed: false },
      ],
    });
    const by = visitor();
    const conversation = await start(by);
    const parts = { keys: new ConversationKeys(db.keyring), keyring: db.keyring, log };
    const said = new Map([['customer', { text: asMasked('K-1'), changed: false }]]);
    await together(
      ofStream(conversation, 'internal'),
      async (tx) => await log.append(tx, account.id, both(conversation)),
      async (tx) => {
        const joined = await startConversation(tx, { log, fanout }, by, text());
        await setAttributes(tx, parts, joined, { values: said, by: 'page' });
      },
    );
  });

  it('send a file while it is resolved', async () => {
    const conversation = await start();
    const member = { userId: agent.userId, name: agent.name, accountId: account.id } as never;
    const mediaId = randomUUID();
    const file = { mediaId, name: 'a.png', type: 'png', sizeBytes: 1 } as const;
    const draft: Draft = {
      ...agentFile(member, conversation.id, { cid: randomUUID(), file }),
      alongside: (tx) =>
        tx.send({ name: 'test-media', text: mediaRow }, [account.id, mediaId, conversation.id, agent.userId]),
    };
    await together(
      ofStream(conversation, 'public'),
      async (tx) => await log.append(tx, account.id, [draft]),
      async (tx) => await desk.resolve(tx, account.id, conversation.id, { by: user(), reason: 'agent' }),
    );
  });
});

const mediaRow = `insert into media (account_id, id, conversation_id, sent_by, type, size_bytes, name, wrapped_key)
  values ($1, $2, $3, $4, 'png', 1, '', '')`;
