import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  readEntries,
  streamName,
  takeConversation,
  type Entry,
  type StreamName,
} from '@samtal/contract/conversations';
import type { ServerFrame } from '@samtal/contract/realtime';
import { setPresence } from '@samtal/contract/routing';
import { startConversation } from '@samtal/contract/widget';
import { Fanout } from '../../src/platform/fanout/index.ts';
import { ConversationKeys } from '../../src/platform/keys/index.ts';
import { ConversationLog, PostQueue, visitorMessage } from '../../src/features/conversations/index.ts';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../callers.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { startTestNode, type TestNode } from '../node.ts';
import { seeded } from '../random.ts';
import { eventually, TestSocket } from '../socket.ts';
import { asMasked } from '../masked.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is really held, by this process, in which the nodes run too. */
function memoryBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Talk {
  readonly visitor: VisitorClient;
  readonly id: string;
  readonly stream: StreamName;
  readonly internal: StreamName;
}

describe('following a stream', () => {
  let db: TestDatabase;
  let elsewhere: TestDatabase;
  let node: TestNode;
  /** Neither hears nor sends notifications. */
  let deaf: TestNode;
  let account: TestAccount;
  let agent: Person;
  before(async () => {
    [db, elsewhere] = [await createTestDatabase(), await createTestDatabase()];
    node = await startTestNode(db);
    deaf = await startTestNode(db, { notifiedBy: elsewhere, publicUrl: node.url });
    account = await makeAccount(db, { origin: node.url.origin });
    agent = await makePerson(db, account, { url: node.url, roles: ['agent'], maxConversations: 50 });
    await agent.call(setPresence, { params: { accountId: account.id }, body: { state: 'away' } });
  });
  after(async () => {
    await node.stop();
    await deaf.stop();
    await db.close();
    await elsewhere.close();
  });

  async function talk(): Promise<Talk> {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await agent.call(takeConversation, { params: { accountId: account.id, conversationId: id } });
    return { visitor, id, stream: streamName(id, 'public'), internal: streamName(id, 'internal') };
  }

  async function visitorAt(t: TestContext, { visitor }: Talk, url = node.url): Promise<TestSocket> {
    const socket = await TestSocket.asVisitor(visitor, url);
    t.after(() => socket.socket.terminate());
    return socket;
  }

  async function agentAt(t: TestContext, url = node.url): Promise<TestSocket> {
    const socket = await TestSocket.asAgent(agent, url);
    t.after(() => socket.socket.terminate());
    return socket;
  }

  /** Writes to the log as a node would that nobody hears. */
  async function write({ visitor, id }: Talk, texts: readonly string[]): Promise<void> {
    const posts = new PostQueue(
      db.database,
      new ConversationLog(new ConversationKeys(db.keyring), new Fanout()),
    );
    const outcomes = await Promise.all(
      texts.map(
        async (text) =>
          await posts.submit(
            account.id,
            visitorMessage(visitor, id, { cid: randomUUID(), text: asMasked(text) }),
          ),
      ),
    );
    assert.ok(outcomes.every((outcome) => outcome.written));
  }

  /** Every seq once, in order, from the one after `after`. */
  function unbroken(entries: readonly Entry[], after = 0): void {
    assert.deepEqual(
      entries.map(({ seq }) => seq),
      entries.map((_, index) => after + 1 + index),
    );
  }

  it('loses nothing that is written while the subscription is being made', async (t) => {
    const random = seeded(t);
    const about = await talk();
    const writer = await visitorAt(t, about);
    let writing = true;
    let written = 3;
    const writes = (async () => {
      while (writing) {
        assert.equal((await writer.posted(about.stream, `Message ${written}`)).t, 'ack');
        written += 1;
        await sleep(35);
      }
    })();
    const readers: { socket: TestSocket; after: number }[] = [];
    for (let round = 0; round < 25; round += 1) {
      const socket = await visitorAt(t, about, random.oneOf([node, deaf]).url);
      const after = random.below(written);
      socket.send({ t: 'sub', streams: [{ stream: about.stream, after }] });
      readers.push({ socket, after });
      await sleep(random.below(40));
    }
    writing = false;
    await writes;
    for (const { socket, after } of readers) {
      await eventually(
        () => socket.entries(about.stream).at(-1)?.seq === written,
        'the last message arrives',
        3_000,
      );
      unbroken(socket.entries(about.stream), after);
    }
  });

  it('goes on after what the client has, and says so before anything else', async (t) => {
    const about = await talk();
    await write(about, ['Four', 'Five', 'Six']);
    const socket = await visitorAt(t, about);
    socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 4 }] });
    await eventually(() => socket.entries(about.stream).length === 2, 'the rest arrives');
    assert.deepEqual(socket.texts(about.stream), ['Five', 'Six']);
    const kinds = socket.frames.filter((frame) => 'stream' in frame).map(({ t: kind }) => kind);
    assert.equal(kinds[0], 'subbed');
    const ahead = await visitorAt(t, about);
    ahead.send({ t: 'sub', streams: [{ stream: about.stream, after: 6 }] });
    await ahead.next((frame) => frame.t === 'subbed' && frame.head === 6);
    await sleep(100);
    assert.deepEqual(ahead.entries(about.stream), []);
  });

  it('begins anew when the client is more than 500 entries behind, ahead of the log, or has another log’s epoch', async (t) => {
    const about = await talk();
    await write(
      about,
      Array.from({ length: 498 }, (_, index) => `Message ${index}`),
    );
    const socket = await visitorAt(t, about);
    const sub = async (after: number, epoch?: string) => {
      socket.frames.length = 0;
      socket.send({
        t: 'sub',
        streams: [{ stream: about.stream, after, ...(epoch === undefined ? {} : { epoch }) }],
      });
      return await socket.next<Extract<ServerFrame, { t: 'subbed' | 'reset' }>>(
        (frame) => 'stream' in frame && frame.stream === about.stream && frame.t !== 'place',
      );
    };
    const reset = await sub(0);
    assert.deepEqual([reset.t, reset.head], ['reset', 501]);
    assert.equal((await sub(502)).t, 'reset');
    assert.equal((await sub(501, randomUUID())).t, 'reset');
    assert.equal((await sub(501, reset.epoch)).t, 'subbed');
    assert.equal((await sub(1, reset.epoch)).t, 'subbed');
    await eventually(() => socket.entries(about.stream).length === 500, 'what is missing arrives');
    unbroken(socket.entries(about.stream), 1);
    // A stream that was reset sends nothing until it is asked for again.
    assert.equal((await sub(0)).t, 'reset');
    await write(about, ['One more']);
    await sleep(1_500);
    assert.deepEqual(socket.entries(about.stream), []);
  });

  it('brings what a node wrote that nobody heard of', async (t) => {
    const about = await talk();
    const socket = await agentAt(t);
    socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 0 }] });
    await eventually(() => socket.entries(about.stream).length === 3, 'the stream is read');
    await write(about, ['Unheard']);
    await eventually(() => socket.texts(about.stream).includes('Unheard'), 'it arrives all the same');
    unbroken(socket.entries(about.stream));
  });

  it('connects a visitor on one node with an agent on another, also when every notification between them is lost', async (t) => {
    for (const [visitorUrl, agentUrl] of [
      [node.url, deaf.url],
      [deaf.url, node.url],
    ] as const) {
      const about = await talk();
      const visitor = await visitorAt(t, about, visitorUrl);
      const colleague = await agentAt(t, agentUrl);
      for (const socket of [visitor, colleague]) {
        socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 0 }] });
        await socket.next((frame) => frame.t === 'subbed');
      }
      for (let number = 0; number < 10; number += 1) {
        assert.equal((await visitor.posted(about.stream, `Visitor ${number}`)).t, 'ack');
        assert.equal((await colleague.posted(about.stream, `Agent ${number}`)).t, 'ack');
      }
      for (const socket of [visitor, colleague]) {
        await eventually(() => socket.entries(about.stream).length === 23, 'everything arrives');
        unbroken(socket.entries(about.stream));
      }
      assert.deepEqual(visitor.entries(about.stream), colleague.entries(about.stream));
    }
  });

  it('connects a visitor on one node with an agent on another when they hear each other', async (t) => {
    const second = await startTestNode(db, { publicUrl: node.url });
    t.after(async () => await second.stop());
    const about = await talk();
    const visitor = await visitorAt(t, about);
    const colleague = await agentAt(t, second.url);
    for (const socket of [visitor, colleague]) {
      socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 0 }] });
      await socket.next((frame) => frame.t === 'subbed');
    }
    for (let number = 0; number < 20; number += 1) {
      visitor.post(about.stream, `Message ${number}`);
      await eventually(() => colleague.texts(about.stream).includes(`Message ${number}`), 'it arrives');
    }
    // Nothing but a notification brings this.
    visitor.send({ t: 'typing', stream: about.stream, on: true });
    await colleague.next((frame) => frame.t === 'typing');
    visitor.send({ t: 'seen', stream: about.stream, delivered: 5, read: 5 });
    await colleague.next((frame) => frame.t === 'receipts' && frame.visitorRead === 5);
  });

  it('keeps what a slow reader does not take in the log and not in memory, and then brings all of it', async (t) => {
    const about = await talk();
    const socket = await agentAt(t);
    socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 0 }] });
    await eventually(() => socket.entries(about.stream).length === 3, 'the stream is read');
    socket.socket.pause();
    const flood = async (count: number) => {
      for (let batch = 0; batch < count; batch += 1) {
        // Each is 23 KB on the wire, since every letter is escaped.
        await write(
          about,
          Array.from({ length: 100 }, () => '\u0001'.repeat(3_900)),
        );
      }
      await sleep(1_500);
      return memoryBytes();
    };
    // What fits into the buffers of the system, of both ends, and into the ring of the feed.
    const full = await flood(6);
    await flood(12);
    // What is still being written and read on a busy machine goes by itself.
    await eventually(() => memoryBytes() - full < 21_000_000, 'far less than the 28 MB is held', 20_000);
    socket.socket.resume();
    await eventually(() => socket.entries(about.stream).at(-1)?.seq === 1_803, 'everything arrives', 60_000);
    unbroken(socket.entries(about.stream));
    assert.equal(socket.closeCode, null);
  });

  it('tells the agent that the visitor’s connection is weak, lost and back, in the internal stream alone', async (t) => {
    const about = await talk();
    const socket = await agentAt(t);
    for (const stream of [about.stream, about.internal])
      socket.send({ t: 'sub', streams: [{ stream, after: 0 }] });
    const told = () =>
      socket
        .entries(about.internal)
        .flatMap((entry) => (entry.kind === 'connection' ? [entry.body.state] : []));
    const link = async () =>
      (await db.asOwner<{ link: string }>('select link from conversation where id = $1', [about.id])).rows[0]
        ?.link;
    const visitor = await TestSocket.asVisitor(about.visitor, node.url);
    await eventually(async () => (await link()) === 'ok', 'the visitor is there');
    assert.deepEqual(told(), [], 'the first connection is no news');
    visitor.socket.terminate();
    const later = async (seconds: number) => {
      await eventually(
        async () =>
          (
            await db.asOwner(
              `update visitor_link set closed_at = closed_at - make_interval(secs => $2), vouched_at = vouched_at - make_interval(secs => $2)
            where conversation_id = $1 and closed_at is not null`,
              [about.id, seconds],
            )
          ).rowCount === 1,
        'the node has noticed',
      );
    };
    await later(4.1);
    await eventually(() => told().length === 1, 'the agent is told');
    await later(20);
    await eventually(() => told().length === 2, 'the agent is told');
    const again = await visitorAt(t, about);
    await eventually(() => told().length === 3, 'the agent is told');
    assert.deepEqual(told(), ['weak', 'lost', 'back']);
    assert.equal(again.closeCode, null);
    assert.ok(!socket.entries(about.stream).some((entry) => entry.kind === 'connection'));
    const { entries } = await agent.call(readEntries, {
      params: { accountId: account.id, conversationId: about.id },
      query: { audience: 'internal' },
    });
    unbroken(entries);
  });

  it('tells so too when the node that had the visitor has died without a word', async (t) => {
    const about = await talk();
    const socket = await agentAt(t);
    socket.send({ t: 'sub', streams: [{ stream: about.internal, after: 0 }] });
    const told = () =>
      socket
        .entries(about.internal)
        .flatMap((entry) => (entry.kind === 'connection' ? [entry.body.state] : []));
    await db.asOwner(
      "insert into visitor_link (account_id, conversation_id, vouched_at, quality) values ($1, $2, now(), 'ok')",
      [account.id, about.id],
    );
    await eventually(
      async () =>
        (await db.asOwner("select from conversation where id = $1 and link = 'ok'", [about.id])).rowCount ===
        1,
      'the visitor is there',
    );
    await db.asOwner(
      "update visitor_link set vouched_at = now() - interval '16 seconds' where conversation_id = $1",
      [about.id],
    );
    await eventually(() => told().length === 1, 'the agent is told');
    await db.asOwner(
      "update visitor_link set vouched_at = now() - interval '30 seconds' where conversation_id = $1",
      [about.id],
    );
    await eventually(() => told().length === 2, 'the agent is told');
    assert.deepEqual(told(), ['weak', 'lost']);
  });

  it('ends a conversation with the visitor’s session, once nothing was heard for its life', async (t) => {
    const about = await talk();
    const socket = await agentAt(t);
    socket.send({ t: 'sub', streams: [{ stream: about.stream, after: 0 }] });
    await db.asOwner("update visitor_session set expires_at = now() - interval '1 second' where id = $1", [
      about.visitor.visitorId,
    ]);
    await eventually(() => socket.entries(about.stream).at(-1)?.kind === 'resolved', 'the conversation ends');
    assert.deepEqual(socket.entries(about.stream).at(-1)?.body, { by: 'session-ended' });
  });

  it('keeps a session alive for as long as the visitor is connected, from the moment of connecting', async (t) => {
    const about = await talk();
    await db.asOwner("update visitor_session set expires_at = now() + interval '5 seconds' where id = $1", [
      about.visitor.visitorId,
    ]);
    await visitorAt(t, about);
    const { rows } = await db.asOwner<{ left: number }>(
      'select extract(epoch from expires_at - now())::int as left from visitor_session where id = $1',
      [about.visitor.visitorId],
    );
    assert.ok((rows[0]?.left ?? 0) > 119 * 60);
  });
});
