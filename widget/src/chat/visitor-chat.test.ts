import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { streamName } from '@samtal/contract/conversations/streams';
import type { Score } from '@samtal/contract/conversations';
import type { FileRules } from '@samtal/contract/media';
import type { VisitorConversation } from '@samtal/contract/widget';
import { Peer } from '../../../contract/test/peer.ts';
import { openDrawer, type Remembered, type RememberedTab } from '../storage.ts';
import type { Attributes, Tickets, TicketSource } from '../frame.ts';
import { Refused, type Api, type FileSending } from './api.ts';
import { storedOutbox, type StoredOutbox } from './outbox.ts';
import { VisitorChat } from './visitor-chat.ts';
import type { View } from './view.ts';

async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** The widget's endpoints in front of a peer's log, with ways to fail. */
class Host implements Api {
  readonly peer = new Peer();
  sessions = 0;
  conversations = 0;
  /** What the next requests fail with, before or after they have had their effect. */
  readonly failures: { error: Error; after?: boolean }[] = [];
  ended = new Set<string>();
  /** What the account has declared, and what it was told of the conversation that is open. */
  declared = ['email', 'tier'];
  profile: Attributes = {};
  readonly redeemed: [string | null, string][] = [];
  requests = 0;
  #id: string | null = null;
  #resolved = false;

  get stream() {
    return streamName(this.#id ?? '', 'public');
  }

  get texts(): string[] {
    return this.peer.log(this.stream).flatMap((entry) => (entry.kind === 'message' ? [entry.body.text] : []));
  }

  async #fails<Answer>(token: string, effect: () => Answer): Promise<Answer> {
    this.requests += 1;
    const failure = this.failures.shift();
    if (failure !== undefined && failure.after !== true) throw failure.error;
    if (this.ended.has(token)) throw new Refused(401, 'visitors.session-ended', null);
    const answer = effect();
    if (failure !== undefined) throw failure.error;
    return answer;
  }

  #conversation(): VisitorConversation {
    const head = this.peer.log(this.stream).length;
    const state = this.#resolved ? 'resolved' : 'waiting';
    const id = this.#id ?? '';
    const rating = this.#resolved && this.asks ? { score: this.rated } : null;
    const place = { epoch: this.peer.epoch, head };
    return { id, caseId: '4HJ7K-2MNP9', state, agentName: null, public: place, rating };
  }

  resolve(by: 'agent' | 'session-ended'): void {
    this.#resolved = true;
    this.peer.write(this.stream, 'resolved', { body: { by, ...(this.asks ? { asksRating: true } : {}) } });
  }

  startSession() {
    return this.#fails('', () => {
      this.sessions += 1;
      return {
        token: `token ${this.sessions} of this test`,
        visitorId: 'v',
        expiresAt: '2026-01-01T00:00:00.000Z',
      };
    });
  }

  redeemTicket(token: string | undefined, { ticket }: { ticket: string }) {
    return this.#fails(token ?? '', () => {
      this.redeemed.push([token ?? null, ticket]);
      if (token !== undefined) this.ended.add(token);
      const renewed = `token ${this.redeemed.length} by ticket`;
      return { token: renewed, visitorId: 'v', expiresAt: '2026-01-01T00:00:00.000Z' };
    });
  }

  #take(attributes: Attributes): void {
    if (Object.keys(attributes).some((key) => !this.declared.includes(key)))
      throw new Refused(422, 'visitors.undeclared-attribute', null);
    this.profile = { ...this.profile, ...attributes };
  }

  identify(token: string, attributes: Attributes) {
    return this.#fails(token, () => this.#take(attributes));
  }

  startConversation(token: string, { cid, text }: { cid: string; text: string }, attributes: Attributes) {
    return this.#fails(token, () => {
      this.#take(attributes);
      if (this.#id === null || this.#resolved) {
        this.conversations += 1;
        this.#resolved = false;
        this.#id = `0199a000-0000-7000-8000-${String(this.conversations).padStart(12, '0')}`;
        this.peer.write(this.stream, 'started');
      }
      if (!this.peer.log(this.stream).some((entry) => entry.cid === cid)) {
        const actor = { kind: 'visitor', id: null, name: null } as const;
        this.peer.write(this.stream, 'message', { cid, actor, body: { text } });
      }
      return this.#conversation();
    });
  }

  getConversation(token: string) {
    return this.#fails(token, () => ({ conversation: this.#id === null ? null : this.#conversation() }));
  }

  readEntries(token: string, after: number) {
    return this.#fails(token, () => this.peer.page(this.stream, after));
  }

  endConversation(token: string) {
    return this.#fails(token, () => {
      this.#resolved = true;
      this.peer.write(this.stream, 'resolved', { body: { by: 'visitor' } });
      return this.#conversation();
    });
  }

  /** Whether an ended conversation can be rated, what was said last, and every answer with its token. */
  asks = false;
  rated: Score | null = null;
  readonly ratings: [string, Score][] = [];

  async rate(token: string, conversationId: string, score: Score) {
    await Promise.resolve();
    this.requests += 1;
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure.error;
    if (conversationId !== this.#id) throw new Refused(404, 'not-found', null);
    this.rated = score;
    this.ratings.push([token, score]);
  }

  async endSession() {
    await Promise.resolve();
  }

  /** Files that are held on their way until they are let go. */
  held: (() => void)[] | null = null;

  async sendFile(token: string, { cid, file, signal, onProgress }: FileSending) {
    onProgress(0.5);
    const { held } = this;
    if (held !== null)
      await new Promise<void>((resolve, reject) => {
        held.push(resolve);
        signal.addEventListener('abort', () => reject(new Refused(0, '', null)));
      });
    await this.#fails(token, () => {
      const body = { mediaId: cid, name: file.name, type: 'png', sizeBytes: file.size } as const;
      this.peer.write(this.stream, 'file', { cid, actor: { kind: 'visitor', id: null, name: null }, body });
    });
  }

  openFile(token: string, mediaId: string) {
    return this.#fails(token, () => new Blob([mediaId]));
  }
}

/** One browser: its storage outlives its pages. */
class Browser {
  readonly host = new Host();
  readonly outbox: StoredOutbox = storedOutbox('samtal:test');
  readonly #shelf = new Map<string, string>();
  #queue: Promise<unknown> = Promise.resolve();
  looking = true;

  #area(prefix: string): Storage {
    return {
      getItem: (key: string) => this.#shelf.get(prefix + key) ?? null,
      setItem: (key: string, value: string) => void this.#shelf.set(prefix + key, value),
      removeItem: (key: string) => void this.#shelf.delete(prefix + key),
    } as unknown as Storage;
  }

  get drawer() {
    return openDrawer<Remembered>(() => this.#area('all '), 'samtal:test');
  }

  readonly tab = openDrawer<RememberedTab>(() => this.#area('tab '), 'samtal:test');

  /** Opens a page; aborting `gone` leaves it, as a reload or a crash does. */
  async page(
    t: TestContext,
    known: Attributes = {},
    { source = null, needsTicket = false }: { source?: TicketSource | null; needsTicket?: boolean } = {},
  ) {
    const gone = new AbortController();
    const tickets: Tickets = { source };
    const seen: { view: View | null; messages: string[] } = { view: null, messages: [] };
    const chat = new VisitorChat({
      api: this.host,
      drawer: this.drawer,
      known,
      tab: this.tab,
      outbox: this.outbox,
      gone: gone.signal,
      openSocket: () => this.#socket(),
      alone: (work) => {
        const turn = this.#queue.then(work);
        this.#queue = turn.catch(() => undefined);
        return turn;
      },
      shown: { values: null },
      tickets,
      needsTicket,
      page: () => null,
      isLooking: () => this.looking,
      onView: (view) => (seen.view = view),
      onMessage: (by) => seen.messages.push(by),
    });
    t.after(() => gone.abort());
    void chat.takeUp();
    await settle();
    return { chat, seen, tickets, leave: () => gone.abort() };
  }

  #socket() {
    const { peer } = this.host;
    if (peer.unreachable) throw new Error('The network is down.');
    return peer.socket();
  }
}

async function pass(t: TestContext, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    t.mock.timers.tick(500);
    await settle();
  }
}

function begin(t: TestContext): Browser {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_800_000_000_000 });
  return new Browser();
}

const offline = () => new TypeError('Failed to fetch');
const shownTexts = ({ chat }: { chat: VisitorChat }) => [
  ...chat.view.entries.flatMap((entry) => (entry.kind === 'message' ? [entry.body.text] : [])),
  ...chat.view.unsent.map((post) => post.text),
];

test('asks nothing of the server before the visitor writes', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  await pass(t, 60_000);
  assert.equal(browser.host.requests, 0);
  assert.equal(browser.host.peer.connections, 0);
  assert.equal(chat.view.state, 'none');
});

test('what the page says about the visitor goes with the first message, and is kept nowhere', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t, { email: 'ann@example.org' });
  await page.chat.identify();
  assert.equal(browser.host.requests, 0, 'nothing is asked before the visitor writes');
  assert.deepEqual(browser.drawer.read(), {});
  page.chat.send('1');
  await pass(t, 1_000);
  assert.deepEqual(browser.host.profile, { email: 'ann@example.org' });
  assert.ok(!JSON.stringify(browser.drawer.read()).includes('example.org'));
});

test('what the page says later goes to the open conversation, again after a failure and on the next page', async (t) => {
  const browser = begin(t);
  const known: Attributes = {};
  const page = await browser.page(t, known);
  page.chat.send('1');
  await pass(t, 1_000);
  known['tier'] = 'gold';
  browser.host.failures.push({ error: offline() });
  void page.chat.identify();
  await pass(t, 5_000);
  assert.deepEqual(browser.host.profile, { tier: 'gold' });
  page.leave();
  await browser.page(t, { tier: 'silver' });
  await pass(t, 1_000);
  assert.deepEqual(browser.host.profile, { tier: 'silver' });
});

test('a first message arrives also when the account does not declare any more what the page says', async (t) => {
  const browser = begin(t);
  browser.host.declared = [];
  const page = await browser.page(t, { email: 'ann@example.org' });
  page.chat.send('1');
  await pass(t, 1_000);
  assert.deepEqual(browser.host.texts, ['1']);
  assert.deepEqual(browser.host.profile, {});
  await page.chat.identify();
  assert.deepEqual(browser.host.profile, {});
});

test('the first message begins a session and a conversation, and further ones join it', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t);
  page.chat.send('1');
  page.chat.send('2');
  assert.deepEqual(shownTexts(page), ['1', '2'], 'they show at once');
  await settle();
  page.chat.send('3');
  await settle();
  assert.deepEqual(browser.host.texts, ['1', '2', '3']);
  assert.deepEqual(shownTexts(page), ['1', '2', '3']);
  assert.equal(browser.host.sessions, 1);
  assert.equal(page.chat.view.state, 'waiting');
});

test('a first message whose answer was lost is written once', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  browser.host.failures.push(
    { error: offline() },
    { error: offline(), after: true },
    { error: offline(), after: true },
  );
  chat.send('Hello');
  await settle();
  assert.equal(chat.view.trouble, 'unreachable');
  await pass(t, 20_000);
  assert.deepEqual(browser.host.texts, ['Hello']);
  assert.equal(chat.view.trouble, null);
});

test('a first message typed just before a reload is delivered by the next page, once', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  browser.host.failures.push({ error: offline() });
  first.chat.send('Hello');
  await settle();
  first.leave();
  const next = await browser.page(t);
  await pass(t, 2_000);
  assert.deepEqual(browser.host.texts, ['Hello']);
  assert.deepEqual(shownTexts(next), ['Hello']);
});

test('two tabs deliver what one of them left, once, in one session', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  browser.host.failures.push({ error: offline() });
  first.chat.send('Hello');
  await settle();
  first.leave();
  const tabs = [await browser.page(t), await browser.page(t)];
  await pass(t, 5_000);
  assert.deepEqual(browser.host.texts, ['Hello']);
  assert.equal(browser.host.sessions, 1);
  for (const tab of tabs) assert.deepEqual(shownTexts(tab), ['Hello']);
});

test('an old first message is offered in the composer instead', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  browser.host.failures.push({ error: offline() });
  first.chat.send('Hello');
  await settle();
  first.leave();
  t.mock.timers.tick(3_600_000);
  const next = await browser.page(t);
  assert.deepEqual(browser.host.texts, []);
  assert.equal(browser.tab.read().draft, 'Hello');
  assert.equal(next.chat.view.state, 'none');
});

test('the next page goes on with the conversation and does not announce what is known', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  first.chat.send('Hello');
  await settle();
  first.leave();
  browser.looking = false;
  const next = await browser.page(t);
  await settle();
  assert.deepEqual(shownTexts(next), ['Hello']);
  assert.deepEqual(next.seen.messages, []);
  const actor = { kind: 'agent', id: null, name: 'Anna' } as const;
  browser.host.peer.write(browser.host.stream, 'message', { actor, body: { text: 'Hi' } });
  await settle();
  assert.deepEqual(next.seen.messages, ['agent']);
  assert.equal(next.chat.view.unread, 1);
  browser.looking = true;
  next.chat.look();
  assert.equal(next.chat.view.unread, 0);
});

test('what was read stays read on the next page', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  first.chat.send('Hello');
  await settle();
  const actor = { kind: 'agent', id: null, name: 'Anna' } as const;
  browser.host.peer.write(browser.host.stream, 'message', { actor, body: { text: 'Hi' } });
  await settle();
  first.leave();
  browser.looking = false;
  const next = await browser.page(t);
  assert.equal(next.chat.view.unread, 0);
});

test('when the session is over the text that was not sent goes back to the composer', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('Hello');
  await settle();
  browser.host.peer.lose.posts = 1;
  chat.send('Too late');
  await settle();
  browser.host.peer.say({ t: 'bye', code: 'visitors.session-ended' });
  await settle();
  assert.equal(browser.tab.read().draft, 'Too late');
  assert.deepEqual(chat.view.unsent, []);
  assert.equal(chat.view.state, 'resolved');
  assert.equal(chat.view.ending, 'session-ended');
});

test('a page that finds its session ended says so and starts anew on wish', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  first.chat.send('Hello');
  await settle();
  browser.host.peer.unreachable = true;
  browser.host.peer.cut();
  await settle();
  first.chat.send('Too late');
  await settle();
  first.leave();
  browser.host.peer.unreachable = false;
  browser.host.ended.add('token 1 of this test');
  const next = await browser.page(t);
  assert.equal(next.chat.view.state, 'resolved');
  assert.equal(next.chat.view.ending, 'session-ended');
  assert.equal(browser.tab.read().draft, 'Too late');
  next.chat.startNew();
  next.chat.send('Anew');
  await settle();
  assert.equal(browser.host.sessions, 2);
  assert.equal(next.chat.view.state, 'waiting');
});

test('a conversation that ended meanwhile is shown with its end, without a socket', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  first.chat.send('Hello');
  await settle();
  first.leave();
  browser.host.resolve('agent');
  const connections = browser.host.peer.connections;
  const next = await browser.page(t);
  assert.equal(next.chat.view.state, 'resolved');
  assert.equal(next.chat.view.caseId, '4HJ7K-2MNP9');
  assert.deepEqual(shownTexts(next), ['Hello']);
  assert.equal(browser.host.peer.connections, connections);
});

test('numbers that wait are hidden in time also when nothing more is heard of the conversation', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t);
  page.chat.send('Hello');
  await settle();
  const { peer, stream } = browser.host;
  const at = new Date(Date.now() + 12 * 3_600_000).toISOString();
  const actor = { kind: 'agent', id: null, name: 'Sara' } as const;
  for (const [when, number] of [
    [at, '7312049'],
    [null, '8841355'],
  ] as const)
    peer.write(stream, 'message', {
      actor,
      body: { text: number, redaction: { at: when, text: '*******' } },
    });
  await settle();
  assert.deepEqual(shownTexts(page), ['Hello', '7312049', '8841355']);
  browser.host.resolve('agent');
  await settle();
  assert.deepEqual(shownTexts(page), ['Hello', '7312049', '*******']);
  peer.unreachable = true;
  t.mock.timers.tick(12 * 3_600_000 - 1_000);
  await settle();
  assert.deepEqual(shownTexts(page), ['Hello', '7312049', '*******']);
  await pass(t, 2_000);
  assert.deepEqual(shownTexts(page), ['Hello', '*******', '*******']);
});

test('an end that was looked at is shown as long as the panel stays open, and not on later visits', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  browser.tab.write({ open: true });
  first.chat.send('Hello');
  await settle();
  browser.host.resolve('agent');
  await settle();
  first.leave();
  const next = await browser.page(t);
  assert.equal(next.chat.view.state, 'resolved');
  assert.deepEqual(shownTexts(next), ['Hello']);
  next.leave();
  browser.tab.write({ open: undefined });
  const { requests } = browser.host;
  const later = await browser.page(t);
  assert.equal(later.chat.view.state, 'none');
  assert.equal(browser.host.requests, requests);
});

test('a session that ends after the conversation is not worth a word', async (t) => {
  const browser = begin(t);
  const first = await browser.page(t);
  browser.tab.write({ open: true });
  first.chat.send('Hello');
  await settle();
  await first.chat.end();
  await settle();
  first.leave();
  browser.host.ended.add('token 1 of this test');
  const next = await browser.page(t);
  assert.equal(next.chat.view.state, 'none');
});

test('after the end a new conversation begins empty, in the same session', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t);
  page.chat.send('Hello');
  await settle();
  await page.chat.end();
  assert.equal(page.chat.view.state, 'resolved');
  page.chat.startNew();
  assert.deepEqual(shownTexts(page), []);
  assert.equal(page.chat.view.state, 'none');
  page.chat.send('Again');
  await settle();
  assert.deepEqual(shownTexts(page), ['Again']);
  assert.equal(browser.host.sessions, 1);
  assert.equal(browser.host.conversations, 2);
});

test('an expired session is no hindrance to a new conversation', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t);
  page.chat.send('Hello');
  await settle();
  await page.chat.end();
  page.chat.startNew();
  browser.host.ended.add('token 1 of this test');
  page.chat.send('Again');
  await settle();
  assert.deepEqual(shownTexts(page), ['Again']);
  assert.equal(browser.host.sessions, 2);
});

test('a message that is refused because the conversation is over goes back to the composer', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('Hello');
  await settle();
  browser.host.peer.lose.entries = 1;
  browser.host.resolve('agent');
  browser.host.peer.refusals.push({ code: 'conversations.closed' });
  chat.send('One more thing');
  await settle();
  assert.equal(chat.view.unsent[0]?.failed, true);
  browser.host.peer.cut();
  await pass(t, 1_000);
  assert.equal(chat.view.state, 'resolved');
  assert.deepEqual(chat.view.unsent, []);
  assert.equal(browser.tab.read().draft, 'One more thing');
});

test('a site that refuses gives the text back', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  browser.host.failures.push({ error: new Refused(403, 'request.origin', null) });
  chat.send('Hello');
  await settle();
  assert.equal(chat.view.trouble, 'refused');
  assert.equal(chat.view.state, 'none');
  assert.equal(browser.tab.read().draft, 'Hello');
});

test('a short interruption is not worth a word, a long one is', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('Hello');
  await settle();
  browser.host.peer.unreachable = true;
  browser.host.peer.cut();
  await pass(t, 3_000);
  assert.equal(chat.view.interrupted, false);
  await pass(t, 2_000);
  assert.equal(chat.view.interrupted, true);
  browser.host.peer.unreachable = false;
  await pass(t, 12_000);
  assert.equal(chat.view.interrupted, false);
});

test('after removal nothing moves any more', async (t) => {
  const browser = begin(t);
  const { chat, leave } = await browser.page(t);
  chat.send('Hello');
  await settle();
  leave();
  const { connections } = browser.host.peer;
  await pass(t, 60_000);
  assert.equal(browser.host.peer.connections, connections);
});

const rules: FileRules = { types: ['png'], maxSizeBytes: 100 };
const picture = (name = 'a.png', size = 10) => new File([new Uint8Array(size)], name);

test('files go one after the other, tell how far they have come, and are done when the log shows them', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('1');
  await settle();
  const held: (() => void)[] = [];
  browser.host.held = held;
  chat.uploads.add([picture('a.png'), picture('b.png')], rules);
  await settle();
  assert.deepEqual(
    chat.view.uploads.map(({ name, sent }) => [name, sent]),
    [
      ['a.png', 0.5],
      ['b.png', 0],
    ],
  );
  held.shift()?.();
  await settle();
  held.shift()?.();
  await settle();
  assert.deepEqual(chat.view.uploads, []);
  const names = chat.view.entries.flatMap((entry) => (entry.kind === 'file' ? [entry.body.name] : []));
  assert.deepEqual(names, ['a.png', 'b.png']);
});

test('files that may not be sent say why before anything is sent, and keep no other from going', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('1');
  await settle();
  const { requests } = browser.host;
  chat.uploads.add([picture('a.svg'), picture('b.png', 101), picture('c.png', 0), picture('d.png')], rules);
  await settle();
  assert.deepEqual(
    chat.view.uploads.map(({ name, problem }) => [name, problem]),
    [
      ['a.svg', 'wrongType'],
      ['b.png', 'tooLarge'],
      ['c.png', 'badContent'],
    ],
  );
  assert.equal(browser.host.requests, requests + 1);
});

test('a file whose answer was lost is done all the same, one that failed can be tried again, one can be cancelled', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  const onTheirWay = () => chat.view.uploads;
  chat.send('1');
  await settle();
  browser.host.failures.push({ error: offline(), after: true });
  chat.uploads.add([picture()], rules);
  await settle();
  assert.deepEqual(onTheirWay(), []);
  browser.host.failures.push({ error: new Refused(503, 'media.scanner-unavailable', null) });
  chat.uploads.add([picture('again.png')], rules);
  await settle();
  const [failed] = onTheirWay();
  assert.equal(failed?.problem, 'later');
  chat.uploads.retry(failed?.cid ?? '');
  await settle();
  assert.deepEqual(onTheirWay(), []);
  browser.host.held = [];
  chat.uploads.add([picture('cancelled.png')], rules);
  await settle();
  chat.uploads.remove(onTheirWay()[0]?.cid ?? '');
  await settle();
  assert.deepEqual(onTheirWay(), []);
  const names = chat.view.entries.flatMap((entry) => (entry.kind === 'file' ? [entry.body.name] : []));
  assert.deepEqual(names, ['a.png', 'again.png']);
});

test('proves who the visitor is before the first message, and anew on each page, and asks for no other session', async (t) => {
  const browser = begin(t);
  const challenges: string[] = [];
  const source = (challenge: string) => `ticket ${challenges.push(challenge)}`;
  const page = await browser.page(t, {}, { source });
  assert.deepEqual(browser.host.redeemed, [], 'not before it is needed');
  page.chat.send('Hello');
  await untilProved(t, () => browser.host.texts.length === 1);
  assert.deepEqual(browser.host.redeemed, [[null, 'ticket 1']]);
  assert.equal(browser.host.sessions, 0);
  page.leave();
  const next = await browser.page(t, {}, { source });
  await untilProved(t, () => next.seen.view?.state === 'waiting');
  assert.deepEqual(browser.host.redeemed[1], ['token 1 by ticket', 'ticket 2']);
  assert.equal(new Set(challenges).size, 2);
  assert.match(challenges[0] ?? '', /^[\w-]{43}$/);
});

test('shows no conversation of before to somebody whom the page does not vouch for', async (t) => {
  const browser = begin(t);
  t.mock.method(console, 'warn', () => undefined);
  const page = await browser.page(t);
  page.chat.send('Hello');
  await settle();
  page.leave();
  const source = () => Promise.reject(new Error('not signed in'));
  const next = await browser.page(t, {}, { source });
  await untilProved(t, () => next.seen.view?.trouble === 'signIn');
  assert.deepEqual(next.seen.view?.entries, []);
  assert.equal(next.seen.view?.state, 'none');
});

test('asks to sign in on the page where that is needed, and gives back what was written before', async (t) => {
  const browser = begin(t);
  const page = await browser.page(t, {}, { needsTicket: true });
  assert.equal(page.seen.view?.trouble, 'signIn');
  browser.host.failures.push({ error: new Refused(403, 'tickets.required', null) });
  page.chat.send('Hello');
  await settle();
  assert.equal(page.seen.view?.trouble, 'signIn');
  assert.equal(browser.tab.read().draft, 'Hello');
  page.tickets.source = () => 'ticket';
  await page.chat.authenticate();
  assert.equal(page.seen.view?.trouble, null);
  page.chat.send('Hello');
  await untilProved(t, () => browser.host.texts.length === 1);
});

/** Cryptography of the browser takes turns of the event loop of its own. */
async function untilProved(t: TestContext, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) await settle();
  assert.ok(holds(), t.name);
}

/** A conversation that ended in front of a page that is open; `asks`: the server wants to know how it went. */
async function ended(t: TestContext, { by, asks = true }: { by: 'agent' | 'visitor'; asks?: boolean }) {
  const browser = begin(t);
  const page = await browser.page(t);
  page.chat.send('Hello');
  await settle();
  browser.host.asks = asks;
  if (by === 'agent') browser.host.resolve('agent');
  else await page.chat.end();
  await settle();
  assert.equal(page.chat.view.state, 'resolved');
  return { browser, ...page };
}

test('nobody is asked how it went where the server does not ask', async (t) => {
  const { browser, chat } = await ended(t, { by: 'agent', asks: false });
  assert.equal(chat.view.rating, null);
  await chat.rate(4);
  assert.deepEqual(browser.host.ratings, []);
});

for (const by of ['agent', 'visitor'] as const)
  test(`how it went is asked when the ${by} has ended it, can be changed, and is gone with a new conversation`, async (t) => {
    const { browser, chat } = await ended(t, { by });
    assert.deepEqual(chat.view.rating, { score: null, outcome: 'none' });
    await chat.rate(4);
    assert.deepEqual(chat.view.rating, { score: 4, outcome: 'thanks' });
    await chat.rate(2);
    assert.equal(browser.host.rated, 2);
    chat.startNew();
    assert.equal(chat.view.rating, null);
  });

test('of answers that come while one is on its way the last is sent, and none between', async (t) => {
  const { browser, chat } = await ended(t, { by: 'agent' });
  const way = [chat.rate(1), chat.rate(2), chat.rate(3)];
  assert.deepEqual(chat.view.rating, { score: 3, outcome: 'sending' });
  await Promise.all(way);
  assert.deepEqual(
    browser.host.ratings.map(([, score]) => score),
    [1, 3],
  );
  assert.deepEqual(chat.view.rating, { score: 3, outcome: 'thanks' });
});

test('an answer that does not arrive is not shown as one, and what stands is', async (t) => {
  const { browser, chat } = await ended(t, { by: 'agent' });
  await chat.rate(5);
  browser.host.failures.push({ error: offline() });
  await chat.rate(1);
  assert.deepEqual(chat.view.rating, { score: 5, outcome: 'failed' });
  browser.host.failures.push({ error: new Refused(429, 'request.rate-limited', 60_000) });
  await chat.rate(1);
  assert.deepEqual(chat.view.rating, { score: 5, outcome: 'failed' });
  browser.host.failures.push({ error: new Refused(409, 'conversations.rating-too-late', null) });
  await chat.rate(1);
  assert.deepEqual(chat.view.rating, { score: 5, outcome: 'closed' });
});

test('the next page shows what was answered, and asks nothing when it is too late', async (t) => {
  const { browser, chat, leave } = await ended(t, { by: 'agent' });
  browser.tab.write({ open: true });
  await chat.rate(4);
  leave();
  const next = await browser.page(t);
  assert.deepEqual(next.chat.view.rating, { score: 4, outcome: 'none' });
  next.leave();
  browser.host.asks = false;
  assert.equal((await browser.page(t)).chat.view.rating, null);
});

test('an answer is given with the session that the conversation was in, also when that has ended', async (t) => {
  const browser = begin(t);
  const { chat } = await browser.page(t);
  chat.send('Hello');
  await settle();
  browser.host.asks = true;
  browser.looking = false;
  browser.host.resolve('agent');
  await settle();
  browser.host.peer.say({ t: 'bye', code: 'visitors.session-ended' });
  await settle();
  assert.equal(browser.drawer.read().token, undefined);
  browser.drawer.write({ token: 'of another tab, which has begun anew', ongoing: 'another' });
  await chat.rate(4);
  assert.deepEqual(browser.host.ratings, [['token 1 of this test', 4]]);
});
