import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Entry } from '@samtal/contract/conversations';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { seeded } from '../../../test/random.ts';
import { Database } from '../../platform/database/index.ts';
import { Fanout, type Announcement } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { Desk } from './desk.ts';
import {
  ConversationLog,
  PostQueue,
  startConversation,
  visitorMessage,
  type ConversationRow,
  type Draft,
  type Outcome,
} from './index.ts';
import { asMasked } from '../../../test/masked.ts';

const url = new URL('http://127.0.0.1');

/** What one node has of the log: its own connections, keys, queue and announcements. */
interface Node {
  readonly database: Database;
  readonly log: ConversationLog;
  readonly posts: PostQueue;
  readonly desk: Desk;
  readonly fanout: Fanout;
  readonly announced: Announcement[];
}

describe('the conversation log', () => {
  let db: TestDatabase;
  let account: TestAccount;
  let agent: Person;
  let nodes: [Node, Node];

  before(async () => {
    db = await createTestDatabase();
    account = await makeAccount(db, { origin: url.origin });
    agent = await makePerson(db, account, { url, roles: ['agent'], name: 'Astrid' });
    nodes = [makeNode(), makeNode()];
  });
  after(async () => {
    for (const node of nodes) await node.database.close();
    await db.close();
  });

  function makeNode(): Node {
    const database = new Database({ connectionString: db.url, max: 8, onError: () => undefined });
    const fanout = new Fanout();
    const announced: Announcement[] = [];
    fanout.listen((announcement) => void announced.push(announcement));
    const log = new ConversationLog(new ConversationKeys(db.keyring), fanout);
    return {
      database,
      log,
      fanout,
      announced,
      desk: new Desk(log, fanout, async () => {}),
      posts: new PostQueue(database, log),
    };
  }

  async function start(text = 'Hello'): Promise<ConversationRow & { visitor_id: string }> {
    const visitor = {
      accountId: account.id,
      visitorId: randomUUID(),
      siteId: account.siteId,
      address: '',
      origin: null,
    };
    return await nodes[0].database.transaction(
      account.id,
      async (tx) =>
        await startConversation(tx, nodes[0], visitor, { cid: randomUUID(), text: asMasked(text) }),
    );
  }

  const fromVisitor = (conversation: ConversationRow, text: string, cid: string = randomUUID()): Draft =>
    visitorMessage({ visitorId: conversation.visitor_id }, conversation.id, { cid, text: asMasked(text) });
  const fromAgent = (conversation: ConversationRow, text: string, cid: string = randomUUID()): Draft => ({
    conversationId: conversation.id,
    kind: 'message',
    actor: { kind: 'agent', id: agent.userId, name: agent.name },
    author: agent.userId,
    cid,
    body: { text: asMasked(text) },
    admit: ({ agentId }) => (agentId === agent.userId ? null : 'conversations.not-yours'),
  });
  const user = () => ({ kind: 'user', id: agent.userId, name: agent.name }) as const;

  /** The whole public stream, read by a node that wrote nothing of it. */
  async function entriesOf(
    conversation: ConversationRow,
    audience: 'public' | 'internal' = 'public',
  ): Promise<Entry[]> {
    const fresh = makeNode();
    const page = await fresh.database.read(
      account.id,
      async (tx) =>
        await fresh.log.read(tx, account.id, {
          conversationId: conversation.id,
          audience,
          after: 0,
          limit: 10_000,
        }),
    );
    await fresh.database.close();
    assert.deepEqual(
      page.entries.map(({ seq }) => seq),
      Array.from({ length: page.head }, (_, index) => index + 1),
    );
    return page.entries;
  }

  const textsOf = (entries: readonly Entry[]) =>
    entries.flatMap((entry) => (entry.kind === 'message' ? [entry.body.text] : []));
  const seqOf = (outcome: Outcome) =>
    outcome.written ? outcome.seq : assert.fail(`refused: ${outcome.refused}`);

  it('has no gaps and no doubles: 200 posts, each sent five times at once over two nodes, become 200 entries', async (t) => {
    const random = seeded(t);
    const conversation = await start();
    const posts = Array.from({ length: 200 }, (_, index) => ({
      cid: randomUUID(),
      text: `Message ${index}`,
    }));
    const tries = random.shuffled(posts.flatMap((post) => [post, post, post, post, post]));
    const answers = new Map<string, Set<number>>();
    let fresh = 0;
    const lanes = Array.from({ length: 16 }, (_, lane) => tries.filter((_try, index) => index % 16 === lane));
    await Promise.all(
      lanes.map(async (lane) => {
        for (const { cid, text } of lane) {
          const outcome = await random
            .oneOf(nodes)
            .posts.submit(account.id, fromVisitor(conversation, text, cid));
          if (outcome.written && !outcome.duplicate) fresh += 1;
          answers.set(cid, (answers.get(cid) ?? new Set()).add(seqOf(outcome)));
        }
      }),
    );
    const entries = await entriesOf(conversation);
    assert.equal(entries.length, 202);
    assert.equal(fresh, 200);
    for (const { cid, text } of posts) {
      const [entry, ...doubles] = entries.filter((each) => each.cid === cid);
      assert.deepEqual(doubles, []);
      assert.deepEqual(entry?.body, { text });
      assert.deepEqual([...(answers.get(cid) ?? [])], [entry?.seq]);
    }
  });

  it('has no gaps when 16 writers over two nodes write to several conversations at once', async (t) => {
    const random = seeded(t);
    const conversations = await Promise.all(Array.from({ length: 5 }, async () => await start()));
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let number = 0; number < 25; number += 1) {
          const conversation = random.oneOf(conversations);
          seqOf(
            await nodes[writer % 2]!.posts.submit(
              account.id,
              fromVisitor(conversation, `${writer}/${number}`),
            ),
          );
        }
      }),
    );
    const all = await Promise.all(conversations.map(async (conversation) => await entriesOf(conversation)));
    const texts = all.flatMap(textsOf).filter((text) => text !== 'Hello');
    assert.equal(new Set(texts).size, 400);
    assert.equal(texts.length, 400);
    for (const entries of all) {
      for (let writer = 0; writer < 16; writer += 1) {
        const own = textsOf(entries)
          .filter((text) => text.startsWith(`${writer}/`))
          .map((text) => Number(text.split('/')[1]));
        assert.deepEqual(
          own,
          own.toSorted((a, b) => a - b),
          'each writer’s posts stand in the order they were written',
        );
      }
    }
  });

  it('answers the same new id twice in one batch with one entry', async () => {
    const conversation = await start();
    const cid = randomUUID();
    const [first, second] = await Promise.all([
      nodes[0].posts.submit(account.id, fromVisitor(conversation, 'Once', cid)),
      nodes[0].posts.submit(account.id, fromVisitor(conversation, 'Twice', cid)),
      nodes[0].posts.submit(account.id, fromVisitor(conversation, 'Another')),
    ]);
    assert.ok(first.written && second.written);
    assert.deepEqual([second.seq, second.duplicate], [first.seq, true]);
    assert.deepEqual(textsOf(await entriesOf(conversation)), ['Hello', 'Once', 'Another']);
  });

  it('takes the same id from two authors as two posts', async () => {
    const conversation = await start();
    await nodes[0].database.transaction(account.id, async (tx) => {
      await nodes[0].desk.give(tx, account.id, conversation.id, { agent: user(), how: 'take' });
    });
    const cid = randomUUID();
    seqOf(await nodes[0].posts.submit(account.id, fromVisitor(conversation, 'Mine', cid)));
    seqOf(await nodes[1].posts.submit(account.id, fromAgent(conversation, 'Mine too', cid)));
    assert.deepEqual(textsOf(await entriesOf(conversation)), ['Hello', 'Mine', 'Mine too']);
  });

  it('does not let one post that cannot be written take others of its batch with it', async () => {
    const [whole, broken] = [await start(), await start()];
    await db.asOwner('delete from conversation_key where conversation_id = $1', [broken.id]);
    const fresh = makeNode();
    const submit = async (draft: Draft) => await fresh.posts.submit(account.id, draft);
    const results = await Promise.allSettled([
      submit(fromVisitor(whole, 'First')),
      submit(fromVisitor(broken, 'Lost')),
      submit(fromVisitor({ ...whole, id: randomUUID() }, 'Nowhere')),
      submit({ ...fromVisitor(whole, 'Forged'), admit: () => 'conversations.not-yours' }),
      submit(fromVisitor(whole, 'Last')),
    ]);
    await fresh.database.close();
    assert.deepEqual(
      results.map((result) =>
        result.status === 'rejected' ? 'rejected' : result.value.written || result.value.refused,
      ),
      [true, 'rejected', 'not-found', 'conversations.not-yours', true],
    );
    assert.deepEqual(textsOf(await entriesOf(whole)), ['Hello', 'First', 'Last']);
  });

  it('never shows a post after the resolution, however the two race', async (t) => {
    const random = seeded(t);
    let refusedLate = 0;
    for (let round = 0; round < 25; round += 1) {
      const conversation = await start();
      const accepted: string[] = [];
      const posting = Array.from({ length: 8 }, async (_, writer) => {
        for (let number = 0; number < 4; number += 1) {
          const text = `${writer}/${number}`;
          const outcome = await nodes[writer % 2]!.posts.submit(account.id, fromVisitor(conversation, text));
          if (outcome.written) accepted.push(text);
          else {
            assert.equal(outcome.refused, 'conversations.closed');
            refusedLate += 1;
          }
        }
      });
      await new Promise((resolve) => setTimeout(resolve, random.below(12)));
      await nodes[round % 2]!.database.transaction(account.id, async (tx) => {
        await nodes[round % 2]!.desk.resolve(tx, account.id, conversation.id, {
          by: user(),
          reason: 'agent',
        });
      });
      await Promise.all(posting);
      const entries = await entriesOf(conversation);
      assert.equal(entries.at(-1)?.kind, 'resolved');
      assert.deepEqual(textsOf(entries).slice(1).toSorted(), accepted.toSorted());
    }
    assert.ok(refusedLate > 0, 'some posts came too late');
  });

  it('never shows an agent’s post after the agent has left, however the two race', async (t) => {
    const random = seeded(t);
    for (let round = 0; round < 25; round += 1) {
      const conversation = await start();
      const { database, desk } = nodes[round % 2]!;
      await database.transaction(account.id, async (tx) => {
        await desk.give(tx, account.id, conversation.id, { agent: user(), how: 'take' });
      });
      const posting = Array.from({ length: 8 }, async (_, writer) => {
        for (let number = 0; number < 4; number += 1) {
          await nodes[writer % 2]!.posts.submit(account.id, fromAgent(conversation, `${writer}/${number}`));
        }
      });
      await new Promise((resolve) => setTimeout(resolve, random.below(12)));
      await database.transaction(account.id, async (tx) => {
        const to = { id: account.queueId, name: 'General' };
        await desk.queue(tx, account.id, conversation.id, { to, by: user(), note: null });
      });
      await Promise.all(posting);
      const kinds = (await entriesOf(conversation)).map(({ kind }) => kind);
      assert.equal(kinds.at(-1), 'left', kinds.join(' '));
    }
  });

  it('answers a post that was written before the resolution with its entry, also afterwards', async () => {
    const conversation = await start();
    const cid = randomUUID();
    const first = await nodes[0].posts.submit(account.id, fromVisitor(conversation, 'In time', cid));
    await nodes[0].database.transaction(account.id, async (tx) => {
      await nodes[0].desk.resolve(tx, account.id, conversation.id, {
        by: { kind: 'system' },
        reason: 'session-ended',
      });
    });
    const again = await nodes[1].posts.submit(account.id, fromVisitor(conversation, 'In time', cid));
    assert.deepEqual([again.written && again.seq, again.written && again.duplicate], [seqOf(first), true]);
  });

  it('announces each commit once, with every entry, and nothing of what was rolled back', async () => {
    const conversation = await start();
    const node = makeNode();
    await Promise.all(
      Array.from(
        { length: 40 },
        async (_, index) => await node.posts.submit(account.id, fromVisitor(conversation, `${index}`)),
      ),
    );
    await assert.rejects(
      node.database.transaction(account.id, async (tx) => {
        await node.log.append(tx, account.id, [fromVisitor(conversation, 'Never')]);
        throw new Error('given up');
      }),
    );
    await node.database.close();
    const told = node.announced.flatMap((each) => (each.kind === 'entries' ? (each.entries ?? []) : []));
    assert.deepEqual(told, (await entriesOf(conversation)).slice(2));
    const heads = node.announced.flatMap((each) => (each.kind === 'entries' ? [each.head] : []));
    assert.ok(heads.length < 40, 'posts that arrive together are committed together');
    assert.equal(heads.at(-1), 42);
  });

  it('attack 38: opens an entry nowhere but in its own stream and at its own seq', async () => {
    const [one, other] = [await start('One'), await start('Other')];
    seqOf(await nodes[0].posts.submit(account.id, fromVisitor(one, 'Second')));
    await entriesOf(one);
    const swap = `update entry set body = other.body from entry other
      where entry.conversation_id = $1 and entry.audience = 'public' and entry.seq = 2
        and other.conversation_id = $2 and other.audience = 'public' and other.seq = $3`;
    for (const [from, seq] of [
      [one.id, 3],
      [other.id, 2],
    ] as const) {
      await db.asOwner(swap, [one.id, from, seq]);
      const shown = await entriesOf(one);
      assert.deepEqual(
        shown.map((entry) => entry.kind),
        ['started', 'unreadable', 'message'],
      );
      assert.deepEqual(shown[1]?.body, {});
    }
  });

  it('keeps text exactly as it was written, whatever is in it', async () => {
    const texts = [
      'å\u0000b',
      'half \ud83d',
      '\u2028\u2029\u001b[2J',
      '"\\\n\t',
      '😀'.repeat(2000),
      'e\u0301',
      '\ufeffx',
    ];
    const conversation = await start();
    for (const text of texts) seqOf(await nodes[0].posts.submit(account.id, fromVisitor(conversation, text)));
    assert.deepEqual(textsOf(await entriesOf(conversation)).slice(1), texts);
  });
});
