import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  postEntry,
  readEntries,
  resolveConversation,
  takeConversation,
} from '@samtal/contract/conversations';
import type { Entry } from '@samtal/contract/conversations';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { getVisitorConversation, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { dueAfterSilence } from './inactivity.ts';

const rule = {
  'inactivity.end-minutes': 10,
  'inactivity.end-text': '',
  'inactivity.warning-minutes': 2,
  'inactivity.warning-text': '',
} as const;

describe('what is due after a silence', () => {
  it('is a warning so long before the end, once, and then the end', () => {
    const due = (silentSeconds: number, warned = false) => dueAfterSilence(rule, { silentSeconds, warned });
    assert.equal(due(8 * 60 - 1), null);
    assert.equal(due(8 * 60), 'warning');
    assert.equal(due(9 * 60, true), null);
    assert.equal(due(10 * 60, true), 'end');
    assert.equal(due(10 * 60, false), 'end', 'also when nothing could warn');
  });

  it('is nothing where conversations do not end by themselves, and no warning that is longer than the silence', () => {
    const silence = { silentSeconds: 9 * 60, warned: false };
    assert.equal(dueAfterSilence({ ...rule, 'inactivity.end-minutes': null }, silence), null);
    assert.equal(dueAfterSilence({ ...rule, 'inactivity.warning-minutes': null }, silence), null);
    assert.equal(dueAfterSilence({ ...rule, 'inactivity.warning-minutes': 10 }, silence), null);
  });
});

describe('inactivity', () => {
  let db: TestDatabase;
  let nodes: [TestNode, TestNode];
  let account: TestAccount;
  let admin: Person;
  let agent: Person;
  before(async () => {
    db = await createTestDatabase();
    nodes = [await startTestNode(db), await startTestNode(db)];
    account = await makeAccount(db, { origin: nodes[0].url.origin });
    const { url } = nodes[0];
    admin = await makePerson(db, account, { url, roles: ['administrator'] });
    agent = await makePerson(db, account, { url, roles: ['agent'], maxConversations: 50 });
    await set({
      'inactivity.end-minutes': 10,
      'inactivity.end-text': 'Write again whenever you like.',
      'inactivity.warning-minutes': 2,
      'inactivity.warning-text': 'Are you still there?',
    });
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await db.close();
  });

  const params = () => ({ accountId: account.id });
  async function set(values: Record<string, unknown>): Promise<void> {
    const channelId = account.siteId;
    const { version } = await admin.call(getSettings, { params: params(), query: { channelId } });
    await admin.call(changeSettings, {
      params: params(),
      body: { channelId, version, set: values, unset: [], reason: 'A test' },
    });
  }
  async function talking(): Promise<{ id: string; visitor: VisitorClient }> {
    const visitor = await makeVisitor(db, account, nodes[0].url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await agent.call(takeConversation, { params: { ...params(), conversationId: id } });
    return { id, visitor };
  }
  /** Moves all instants of the conversation back. */
  const pass = async (id: string, minutes: number) =>
    await db.asOwner(
      `update stream set last_interaction_at = last_interaction_at - make_interval(mins => $2),
         warned_at = warned_at - make_interval(mins => $2) where conversation_id = $1`,
      [id, minutes],
    );
  const entries = async (id: string): Promise<Entry[]> => {
    const page = await agent.call(readEntries, { params: { ...params(), conversationId: id } });
    return page.entries;
  };
  const kinds = async (id: string) => (await entries(id)).map(({ kind }) => kind);
  async function until(what: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      if (await what()) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail('it did not come');
  }
  const write = async (id: string, text = 'Yes') =>
    await agent.try(postEntry, {
      params: { ...params(), conversationId: id },
      body: { cid: randomUUID(), kind: 'message', text },
    });
  /** Rounds of the watch go by: whatever was due is done. */
  const settle = async () => await new Promise((resolve) => setTimeout(resolve, 2_500));

  it('warns the visitor, starts anew with a message, and then ends the conversation with the account’s words', async () => {
    const { id } = await talking();
    await pass(id, 9);
    await until(async () => (await kinds(id)).includes('inactivity-warning'));
    await settle();
    const warnings = (await entries(id)).filter(({ kind }) => kind === 'inactivity-warning');
    assert.deepEqual(
      warnings.map(({ body }) => body),
      [{ text: 'Are you still there?', minutes: 2 }],
      'once, whichever node was first',
    );
    assert.equal((await write(id)).status, 200);
    await pass(id, 9);
    await until(async () => (await kinds(id)).filter((kind) => kind === 'inactivity-warning').length === 2);
    await pass(id, 2);
    await until(async () => (await kinds(id)).at(-1) === 'resolved');
    const last = (await entries(id)).at(-1);
    assert.deepEqual(last?.body, { by: 'inactivity', text: 'Write again whenever you like.' });
    assert.equal(last?.actor.kind, 'system');
    assert.equal((await write(id)).status, 409);
  });

  it('ends nothing that waits for an agent, and nothing where no channel, account or installation says so', async () => {
    const visitor = await makeVisitor(db, account, nodes[0].url);
    const waiting = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    await pass(waiting.id, 600);
    await set({ 'inactivity.end-minutes': null });
    const { id } = await talking();
    await pass(id, 600);
    await settle();
    const { rows } = await db.asOwner<{ state: string }>(
      'select state from conversation where id = any($1) order by state',
      [[id, waiting.id]],
    );
    assert.deepEqual(
      rows.map(({ state }) => state),
      ['active', 'waiting'],
    );
    await set({ 'inactivity.end-minutes': 10 });
    await until(async () => (await kinds(id)).at(-1) === 'resolved');
  });

  it('loses no message that comes at the last moment: it is in the log before the end, or refused', async (t) => {
    const seed = Math.floor(Math.random() * 1_000_000);
    t.diagnostic(`seed ${seed}`);
    let random = seed;
    const next = () => (random = (random * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    const outcomes = new Set<number>();
    for (let round = 0; round < 8; round += 1) {
      const { id } = await talking();
      await pass(id, 11);
      await new Promise((resolve) => setTimeout(resolve, next() * 1_200));
      const { status } = await write(id, `Round ${round}`);
      outcomes.add(status);
      const log = await entries(id);
      const written = log.some((entry) => entry.kind === 'message' && entry.body.text === `Round ${round}`);
      assert.equal(written, status === 200, `round ${round} of seed ${seed}`);
      const resolved = log.findIndex(({ kind }) => kind === 'resolved');
      assert.ok(resolved === -1 || resolved === log.length - 1, 'nothing follows the end');
      if (status === 200) {
        await settle();
        assert.ok(!(await kinds(id)).includes('resolved'), 'the message began the time anew');
      }
    }
    assert.ok([...outcomes].every((status) => status === 200 || status === 409));
  });

  it('ends the visitor’s session with the conversation where the channel says so', async () => {
    await set({ 'conversations.resolving-disconnects': true });
    const { id, visitor } = await talking();
    await agent.call(resolveConversation, { params: { ...params(), conversationId: id } });
    assert.equal((await visitor.try(getVisitorConversation, {})).status, 401);
    await set({ 'conversations.resolving-disconnects': false });
    const stays = await talking();
    await agent.call(resolveConversation, { params: { ...params(), conversationId: stays.id } });
    assert.equal((await stays.visitor.try(getVisitorConversation, {})).status, 200);
  });
});
