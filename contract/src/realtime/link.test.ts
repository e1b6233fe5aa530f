import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { Peer } from '../../test/peer.ts';
import type { StreamName } from '../conversations/entries.ts';
import { Link, type ConnectionState, type LinkListener } from './link.ts';
import { memoryOutbox, type Outbox } from './outbox.ts';
import { realtime } from './protocol.ts';

const stream = '0199a000-0000-7000-8000-000000000001:public';
const other = '0199a000-0000-7000-8000-000000000002:public';

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

let madeIds = 0;
function newId(): string {
  madeIds += 1;
  return `0199a000-0000-7000-8000-${String(madeIds).padStart(12, '0')}`;
}

function linkTo(peer: Peer, listener: LinkListener = {}, outbox: Outbox = memoryOutbox()): Link {
  return new Link({
    connect: () => peer.connect(),
    loadPage: async (stream, after) => peer.page(stream, after),
    outbox,
    listener,
    backoffCapMs: realtime.backoff.visitorCapMs,
    newId,
  });
}

/** A link that follows `stream`, connected, under a clock that the test moves. */
async function connected(t: TestContext, listener: LinkListener = {}, outbox?: Outbox) {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });
  const peer = new Peer();
  const link = linkTo(peer, listener, outbox);
  t.after(() => link.stop());
  link.follow(stream);
  await link.start();
  await settle();
  return { peer, link };
}

async function pass(t: TestContext, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    t.mock.timers.tick(Math.min(500, ms - passed));
    await settle();
  }
}

const texts = (peer: Peer, of: StreamName = stream) =>
  peer.log(of).map((entry) => (entry.kind === 'message' ? entry.body.text : entry.kind));
const sent = (peer: Peer, kind: string) => peer.received.filter((frame) => frame.t === kind);

test('says hello first, then follows, then hears what is written', async (t) => {
  const { peer, link } = await connected(t);
  peer.write(stream, 'started');
  await settle();
  assert.deepEqual(
    peer.received.slice(0, 2).map((frame) => frame.t),
    ['hello', 'sub'],
  );
  assert.equal(link.state, 'online');
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
});

test('a post shows at once and is replaced by its entry', async (t) => {
  const { peer, link } = await connected(t);
  const post = link.post(stream, 'message', 'Hello');
  assert.deepEqual(link.thread(stream).pending, [post]);
  await settle();
  assert.deepEqual(link.thread(stream).pending, []);
  assert.deepEqual(texts(peer), ['Hello']);
});

test('posts of the same millisecond arrive in the order they were written', async (t) => {
  const { peer, link } = await connected(t);
  for (const text of ['1', '2', '3', '4', '5']) link.post(stream, 'message', text);
  await settle();
  assert.deepEqual(texts(peer), ['1', '2', '3', '4', '5']);
});

test('sends a post again after three seconds without an answer, and it is written once', async (t) => {
  const { peer, link } = await connected(t);
  peer.lose.posts = 1;
  link.post(stream, 'message', 'Hello');
  await pass(t, realtime.resendAfterMs - 500);
  assert.deepEqual(texts(peer), []);
  await pass(t, 1_500);
  assert.deepEqual(texts(peer), ['Hello']);
});

test('a lost acknowledgement makes no double', async (t) => {
  const { peer, link } = await connected(t);
  peer.lose.acks = 1;
  peer.lose.entries = 1;
  link.post(stream, 'message', 'Hello');
  await pass(t, 5_000);
  assert.equal(sent(peer, 'post').length, 2);
  assert.deepEqual(texts(peer), ['Hello']);
});

test('a post whose entry comes before its acknowledgement is done with', async (t) => {
  const outbox = memoryOutbox();
  const { peer, link } = await connected(t, {}, outbox);
  peer.lose.acks = 1;
  link.post(stream, 'message', 'Hello');
  await pass(t, 5_000);
  assert.deepEqual(link.thread(stream).pending, []);
  assert.deepEqual(await outbox.load(), []);
  assert.equal(sent(peer, 'post').length, 1, 'the entry is as good as the acknowledgement');
});

test('ignores a repeat and asks again from the last seq after a gap', async (t) => {
  const { peer, link } = await connected(t);
  const first = peer.write(stream, 'started');
  await settle();
  peer.say({ t: 'entries', stream, entries: [first] });
  await settle();
  assert.equal(link.thread(stream).entries.length, 1);
  peer.lose.entries = 1;
  peer.write(stream, 'joined');
  peer.write(stream, 'message');
  await settle();
  assert.deepEqual(sent(peer, 'sub').at(-1), {
    t: 'sub',
    streams: [{ stream, after: 1, epoch: peer.epoch }],
  });
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
});

test('connects again at once when cut, and goes on from the last seq', async (t) => {
  const states: ConnectionState[] = [];
  const { peer, link } = await connected(t, { onState: (state) => states.push(state) });
  peer.write(stream, 'started');
  await settle();
  await pass(t, 10_000);
  peer.cut();
  await settle();
  peer.write(stream, 'joined');
  await pass(t, realtime.backoff.firstMs);
  assert.equal(peer.connections, 2);
  assert.deepEqual(sent(peer, 'sub').at(-1), {
    t: 'sub',
    streams: [{ stream, after: 1, epoch: peer.epoch }],
  });
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
  assert.deepEqual(states, ['connecting', 'online', 'offline', 'connecting', 'online']);
});

test('waits longer from failure to failure, and never longer than the cap', async (t) => {
  const { peer } = await connected(t);
  peer.unreachable = true;
  peer.cut();
  await pass(t, 120_000);
  peer.unreachable = false;
  await pass(t, realtime.backoff.visitorCapMs + 500);
  assert.equal(peer.connections, 2);
});

test('a server that lets in and throws out is not asked without pause', async (t) => {
  const { peer } = await connected(t, {});
  for (let round = 0; round < 100; round += 1) {
    peer.cut();
    await pass(t, 100);
  }
  assert.ok(peer.connections < 30, `${peer.connections} connections in ten seconds`);
});

test('tries at once when there is reason to hope', async (t) => {
  const { peer, link } = await connected(t);
  peer.unreachable = true;
  peer.cut();
  await pass(t, 60_000);
  peer.unreachable = false;
  link.reconnectNow();
  await settle();
  assert.equal(link.state, 'online');
});

test('gives up a connection that has been silent for too long', async (t) => {
  const { peer } = await connected(t);
  await pass(t, realtime.link.weakSilenceMs + 1_000);
  assert.equal(peer.connections, 2);
});

test('gives up an attempt that leads nowhere', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const peer = new Peer();
  let attempts = 0;
  const link = new Link({
    connect: () => {
      attempts += 1;
      return attempts === 1 ? new Promise(() => {}) : peer.connect();
    },
    loadPage: async (stream, after) => peer.page(stream, after),
    outbox: memoryOutbox(),
    listener: {},
    backoffCapMs: 1_000,
    newId,
  });
  t.after(() => link.stop());
  void link.start();
  await settle();
  await pass(t, realtime.link.weakSilenceMs + 1_000);
  assert.equal(link.state, 'online');
});

test('answers a ping with the age of the oldest post that has no answer', async (t) => {
  const { peer, link } = await connected(t);
  peer.lose.posts = 1;
  link.post(stream, 'message', 'Hello');
  await pass(t, 1_000);
  peer.say({ t: 'ping', n: 7 });
  await settle();
  assert.deepEqual(sent(peer, 'pong'), [{ t: 'pong', n: 7, waitingMs: 1_000 }]);
});

test('writes while offline, and delivers in order when back', async (t) => {
  const { peer, link } = await connected(t);
  peer.unreachable = true;
  peer.cut();
  await settle();
  link.post(stream, 'message', '1');
  link.post(stream, 'message', '2');
  await pass(t, 30_000);
  peer.unreachable = false;
  await pass(t, 12_000);
  assert.deepEqual(texts(peer), ['1', '2']);
});

test('loads the stream by pages when told to reset, and keeps what is written meanwhile', async (t) => {
  const { peer, link } = await connected(t);
  peer.resumeLimit = 2;
  peer.cut();
  await settle();
  for (let count = 0; count < 8; count += 1) peer.write(stream, 'message', { body: { text: String(count) } });
  t.mock.timers.tick(realtime.backoff.firstMs);
  link.post(stream, 'message', 'meanwhile');
  await settle();
  await pass(t, 5_000);
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
  assert.deepEqual(
    texts(peer).filter((text) => text === 'meanwhile'),
    ['meanwhile'],
  );
  assert.deepEqual(link.thread(stream).pending, []);
});

test('a post written while pages load stays on the screen', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const peer = new Peer();
  peer.resumeLimit = 0;
  peer.write(stream, 'started');
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const link = new Link({
    connect: () => peer.connect(),
    loadPage: async (stream, after) => arrived.then(() => peer.page(stream, after)),
    outbox: memoryOutbox(),
    listener: {},
    backoffCapMs: 1_000,
    newId,
  });
  t.after(() => link.stop());
  link.follow(stream);
  await link.start();
  await settle();
  peer.lose.posts = 1;
  const post = link.post(stream, 'message', 'Hello');
  peer.resumeLimit = 500;
  arrive();
  await settle();
  assert.deepEqual(link.thread(stream).pending, [post]);
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
});

test('drops what it knew when the log was restored from a backup', async (t) => {
  const { peer, link } = await connected(t);
  for (let count = 0; count < 5; count += 1) peer.write(stream, 'message', { body: { text: String(count) } });
  await settle();
  peer.restore(stream, 2);
  await pass(t, 1_000);
  assert.equal(link.thread(stream).epoch, peer.epoch);
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
});

test('connects again when a page cannot be loaded', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const peer = new Peer();
  peer.resumeLimit = 0;
  peer.write(stream, 'started');
  let failures = 2;
  const link = new Link({
    connect: () => peer.connect(),
    loadPage: async (stream, after) => {
      failures -= 1;
      if (failures >= 0) throw new Error('The page cannot be loaded.');
      peer.resumeLimit = 500;
      return peer.page(stream, after);
    },
    outbox: memoryOutbox(),
    listener: {},
    backoffCapMs: 1_000,
    newId,
  });
  t.after(() => link.stop());
  link.follow(stream);
  await link.start();
  await settle();
  await pass(t, 5_000);
  assert.equal(peer.connections, 3);
  assert.deepEqual(link.thread(stream).entries, peer.log(stream));
});

test('a refusal for good marks the post; it is not sent again', async (t) => {
  const outbox = memoryOutbox();
  const { peer, link } = await connected(t, {}, outbox);
  peer.refusals.push({ code: 'conversations.closed' });
  const post = link.post(stream, 'message', 'Hello');
  await pass(t, 10_000);
  assert.equal(sent(peer, 'post').length, 1);
  assert.deepEqual(link.thread(stream).pending, [{ ...post, refused: 'conversations.closed' }]);
  assert.deepEqual(await outbox.load(), []);
  link.discard(post);
  assert.deepEqual(link.thread(stream).pending, []);
});

test('a refusal with a time is tried again then, and later posts do not overtake it', async (t) => {
  const { peer, link } = await connected(t);
  peer.refusals.push({ code: 'request.rate-limited', retryAfterMs: 8_000 });
  link.post(stream, 'message', '1');
  link.post(stream, 'message', '2');
  link.post(other, 'message', 'another stream does not wait');
  await pass(t, 7_500);
  assert.deepEqual(texts(peer), []);
  assert.deepEqual(texts(peer, other), ['another stream does not wait']);
  await pass(t, 2_000);
  assert.deepEqual(texts(peer), ['1', '2']);
});

test('what a page left in the outbox is delivered by the next one, once', async (t) => {
  const outbox = memoryOutbox();
  const { peer, link } = await connected(t, {}, outbox);
  peer.lose.acks = 1;
  peer.lose.entries = 1;
  link.post(stream, 'message', 'was written, but this page never knew');
  await settle();
  peer.unreachable = true;
  peer.cut();
  link.post(stream, 'message', 'was never sent');
  link.stop();
  peer.unreachable = false;
  const next = linkTo(peer, {}, outbox);
  t.after(() => next.stop());
  next.follow(stream);
  await next.start();
  await settle();
  assert.deepEqual(texts(peer), ['was written, but this page never knew', 'was never sent']);
  assert.deepEqual(next.thread(stream).pending, []);
  assert.deepEqual(await outbox.load(), []);
});

test('a post is delivered even when nobody looks at its stream any more', async (t) => {
  const { peer, link } = await connected(t);
  peer.unreachable = true;
  peer.cut();
  link.post(stream, 'message', 'Hello');
  link.unfollow(stream);
  peer.unreachable = false;
  await pass(t, 12_000);
  assert.deepEqual(texts(peer), ['Hello']);
  assert.equal(sent(peer, 'sub').length, 1);
});

test('says what was seen again after a reconnect', async (t) => {
  const { peer, link } = await connected(t);
  link.seen(stream, 4, 3);
  await settle();
  peer.cut();
  await pass(t, 1_000);
  assert.deepEqual(sent(peer, 'seen'), [
    { t: 'seen', stream, delivered: 4, read: 3 },
    { t: 'seen', stream, delivered: 4, read: 3 },
  ]);
});

test('goes elsewhere when its node drains', async (t) => {
  const { peer, link } = await connected(t);
  peer.say({ t: 'drain', withinMs: 1_000 });
  await pass(t, 2_000);
  assert.equal(peer.connections, 2);
  assert.equal(link.state, 'online');
});

test('stops when it is refused for good, and says why', async (t) => {
  const refusals: string[] = [];
  const { peer, link } = await connected(t, { onRefused: (code) => refusals.push(code) });
  peer.say({ t: 'bye', code: 'visitors.session-ended' });
  await pass(t, 60_000);
  assert.equal(link.state, 'stopped');
  assert.equal(peer.connections, 1);
  assert.deepEqual(refusals, ['visitors.session-ended']);
});

test('comes back when the refusal is one that passes', async (t) => {
  const { peer, link } = await connected(t);
  peer.say({ t: 'bye', code: 'unavailable' });
  await pass(t, 1_000);
  assert.equal(link.state, 'online');
});

test('tells that a stream is not there, and follows it no more', async (t) => {
  const gone: string[] = [];
  const { peer } = await connected(t, { onGone: (stream) => gone.push(stream) });
  peer.say({ t: 'gone', stream });
  await settle();
  peer.cut();
  await pass(t, 1_000);
  assert.deepEqual(gone, [stream]);
  assert.equal(sent(peer, 'sub').length, 1);
});

test('stays stopped when it is stopped while it starts', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] });
  const peer = new Peer();
  const link = linkTo(peer);
  const started = link.start();
  link.stop();
  await started;
  await pass(t, 5_000);
  assert.equal(link.state, 'stopped');
  assert.equal(peer.connections, 0);
});

test('whatever fails in whatever order, both sides end with the same log and every post stands in it once', async (t) => {
  const seed = Number(process.env['SAMTAL_TEST_SEED'] ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed} (SAMTAL_TEST_SEED)`);
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 });
  const step = fc.constantFrom(
    'post',
    'post',
    'hear',
    'hear',
    'cut',
    'outage',
    'lose ack',
    'lose post',
    'lose entries',
    'busy',
    'reset',
    'reload',
    'wait',
  );
  const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const peer = new Peer();
    const outbox = memoryOutbox();
    let link = linkTo(peer, {}, outbox);
    const begin = async () => {
      link.follow(stream);
      await link.start();
    };
    const written: string[] = [];
    await begin();
    for (const [index, each] of steps.entries()) {
      if (each === 'post') written.push(link.post(stream, 'message', `post ${index}`).text);
      if (each === 'hear') peer.write(stream, 'joined');
      if (each === 'cut') peer.cut();
      if (each === 'outage') peer.unreachable = !peer.unreachable;
      if (each === 'lose ack') peer.lose.acks += 1;
      if (each === 'lose post') peer.lose.posts += 1;
      if (each === 'lose entries') peer.lose.entries += 1;
      if (each === 'busy') peer.refusals.push({ code: 'request.rate-limited', retryAfterMs: 2_000 });
      if (each === 'reset') peer.resumeLimit = peer.resumeLimit === 1 ? 500 : 1;
      if (each === 'reload') {
        link.stop();
        link = linkTo(peer, {}, outbox);
        await begin();
      }
      if (each === 'wait') t.mock.timers.tick(400);
      if (index % 3 !== 0) await settle();
    }
    peer.unreachable = false;
    for (let passed = 0; passed < 120; passed += 1) {
      t.mock.timers.tick(1_000);
      await settle();
    }
    // A live server announces each second what a client may have missed; here the next entry does.
    peer.lose.entries = 0;
    peer.write(stream, 'left');
    for (let passed = 0; passed < 10; passed += 1) {
      t.mock.timers.tick(500);
      await settle();
    }
    link.stop();
    assert.deepEqual(
      texts(peer).filter((text) => text.startsWith('post')),
      written,
    );
    assert.deepEqual(link.thread(stream).entries, peer.log(stream));
    assert.deepEqual(link.thread(stream).pending, []);
  });
  await fc.assert(property, { seed, numRuns: 60 });
});
