import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import {
  listMyConversations,
  postEntry,
  readEntries,
  resolveConversation,
  streamName,
  takeConversation,
  type Entry,
} from '@samtal/contract/conversations';
import { getRetention, liftHold, placeHold } from '@samtal/contract/retention';
import { setPresence } from '@samtal/contract/routing';
import { searchTranscripts } from '@samtal/contract/search';
import { changeSettings, type SettingOverrides } from '@samtal/contract/settings';
import { exportSubjectData } from '@samtal/contract/subject-access';
import { readVisitorEntries, startConversation } from '@samtal/contract/widget';
import { makeAccount, makePerson, makeVisitor } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { unzip } from '../../../test/unzip.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { ConversationLog } from '../conversations/index.ts';
import { runRetention } from '../retention/run-retention.ts';
import { measureRedactionLag } from './measure-lag.ts';
import { runRedaction } from './run-redaction.ts';

const number = '731 204 9958';
const stars = '*** *** ****';

describe('redaction of digits when it is due', () => {
  let db: TestDatabase;
  let nodes: [TestNode, TestNode];
  before(async () => {
    db = await createTestDatabase();
    const first = await startTestNode(db);
    // Another one behind the same address, as a balancer would have it.
    nodes = [first, await startTestNode(db, { publicUrl: first.url })];
  });
  after(async () => {
    for (const node of nodes) await node.stop();
    await db.close();
  });

  const run = async (options = {}) => {
    const log = new ConversationLog(new ConversationKeys(db.keyring), new Fanout());
    return await runRedaction({ database: db.database, log }, options);
  };

  /** A conversation with an agent, whose visitor began it with a number. */
  async function talk(set: SettingOverrides) {
    const account = await makeAccount(db, { origin: nodes[0].url.origin });
    await setSettings(db, account.id, { 'redaction.least-digits': 5, 'search.transcripts': true, ...set });
    const agent = await makePerson(db, account, {
      url: nodes[0].url,
      roles: ['supervisor', 'privacy-officer'],
    });
    const visitor = await makeVisitor(db, account, nodes[0].url);
    const { id, caseId } = await visitor.call(startConversation, {
      params: { siteKey: account.siteKey },
      body: { cid: randomUUID(), text: `begin ${number}` },
    });
    const params = { accountId: account.id, conversationId: id };
    await agent.call(setPresence, { params: { accountId: account.id }, body: { state: 'away' } });
    await agent.call(takeConversation, { params });
    const write = async (text: string, kind: 'message' | 'note' = 'message') =>
      await agent.call(postEntry, { params, body: { cid: randomUUID(), kind, text } });
    const shownTo = {
      agent: async () => {
        const entries: Entry[] = [];
        for (const audience of ['public', 'internal'] as const)
          entries.push(...(await agent.call(readEntries, { params, query: { audience } })).entries);
        return textsIn(entries);
      },
      visitor: async () => textsIn((await visitor.call(readVisitorEntries, {})).entries),
    };
    return { account, agent, visitor, id, caseId, params, write, shownTo };
  }

  function textsIn(entries: readonly Entry[]): string[] {
    return entries.flatMap((entry) =>
      entry.kind === 'message' || entry.kind === 'note' ? [entry.body.text] : [],
    );
  }

  const waiting = async (conversationId: string) =>
    (
      await db.asOwner<{ seq: number; due_at: Date | null }>(
        'select seq::int, due_at from entry_original where conversation_id = $1 order by audience desc, seq',
        [conversationId],
      )
    ).rows;
  /** As if so many hours had passed for what a conversation has waiting. */
  const hoursPass = async (conversationId: string, hours: number, where = 'true') => {
    await db.asOwner(
      `update entry_original set due_at = due_at - make_interval(hours => $2) where conversation_id = $1 and ${where}`,
      [conversationId, hours],
    );
    await db.asOwner(
      `update entry set at = at - make_interval(hours => $2) where conversation_id = $1 and ${where}`,
      [conversationId, hours],
    );
  };
  const isMarked = async (account: string) =>
    (await db.asOwner('select from key_bucket where account_id = $1 and dirty_since is not null', [account]))
      .rowCount === 1;

  async function listening(t: TestContext, talked: Awaited<ReturnType<typeof talk>>) {
    const { id, agent, visitor } = talked;
    const [ours, theirs] = [
      await TestSocket.asAgent(agent, nodes[1].url),
      await TestSocket.asVisitor(visitor, nodes[0].url),
    ];
    t.after(() => [ours, theirs].forEach(({ socket }) => socket.terminate()));
    const [open, inside] = [streamName(id, 'public'), streamName(id, 'internal')];
    ours.send({ t: 'sub', streams: [open, inside].map((stream) => ({ stream, after: 0 })) });
    theirs.send({ t: 'sub', streams: [{ stream: open, after: 0 }] });
    return { ours, theirs, open, inside };
  }

  it('shows numbers to both sides until the conversation is resolved, and then to nobody, on any node', async (t) => {
    const talked = await talk({ 'redaction.mode': 'resolved', 'redaction.sides': 'both' });
    const { account, agent, visitor, id, caseId, params, write, shownTo } = talked;
    const { ours, theirs, open, inside } = await listening(t, talked);
    await write(`ours ${number}`);
    await write(`noted ${number}`, 'note');
    await write('no number here: 1234');
    const cid = theirs.post(open, `theirs ${number}`);
    const posted = await theirs.next(
      (each) => each.t === 'entries' && each.entries.some((entry) => entry.cid === cid),
    );
    assert.ok(posted.t === 'entries');
    const own = posted.entries.find((entry) => entry.cid === cid);
    assert.deepEqual(own?.body, {
      text: `theirs ${number}`,
      redaction: { at: null, text: `theirs ${stars}` },
    });
    const public_ = [`begin ${number}`, `ours ${number}`, 'no number here: 1234', `theirs ${number}`];
    assert.deepEqual(await shownTo.visitor(), public_);
    assert.deepEqual(await shownTo.agent(), [...public_, `noted ${number}`]);
    await eventually(
      () => ours.texts(open).length === 4 && ours.texts(inside).length === 1,
      'the agent has it all',
    );
    assert.deepEqual(ours.texts(open), public_);
    assert.deepEqual(
      (await waiting(id)).map(({ due_at }) => due_at),
      [null, null, null, null],
    );

    // Whatever is not the conversation itself has the redacted text from the beginning.
    const { items } = await agent.call(listMyConversations, { params: { accountId: account.id } });
    assert.equal(items[0]?.preview?.text, `theirs ${stars}`);
    const searching = async (words: string) =>
      await agent.call(searchTranscripts, { params: { accountId: account.id }, body: { words } });
    assert.equal((await searching('9958')).items.length, 0);
    assert.ok(!JSON.stringify(await searching('theirs')).includes('9958'));
    const { bytes } = await agent.try(exportSubjectData, {
      params: { accountId: account.id },
      body: { subject: { kind: 'case', caseId }, locale: 'en', notes: 'included' },
    });
    for (const document of ['data.json', 'index.html']) {
      const exported = unzip(bytes).get(document)?.toString() ?? '';
      assert.ok(!exported.includes('9958') && exported.includes(stars), document);
    }

    await agent.call(resolveConversation, { params });
    const told = await theirs.next(
      (each) => each.t === 'entries' && each.entries.some((entry) => entry.kind === 'redacted'),
    );
    const seqs = [2, 4, 6];
    assert.ok(told.t === 'entries');
    assert.deepEqual(told.entries.find((entry) => entry.kind === 'redacted')?.body, { seqs });
    await eventually(
      () =>
        ours.entries(open).some((entry) => entry.kind === 'redacted') &&
        ours.entries(inside).some((entry) => entry.kind === 'notes-redacted'),
      'the other node tells of both streams',
    );
    const redacted = [`begin ${stars}`, `ours ${stars}`, 'no number here: 1234', `theirs ${stars}`];
    assert.deepEqual(await shownTo.visitor(), redacted);
    assert.deepEqual(await shownTo.agent(), [...redacted, `noted ${stars}`]);
    assert.deepEqual(await waiting(id), []);
    assert.ok(await isMarked(account.id), 'no backup will show them either');
    // Whoever comes now is given nothing out of the memory of a node on which others still follow the stream.
    for (const [node, from] of [
      [nodes[0], await TestSocket.asVisitor(visitor, nodes[0].url)],
      [nodes[1], await TestSocket.asAgent(agent, nodes[1].url)],
    ] as const) {
      t.after(() => from.socket.terminate());
      from.send({ t: 'sub', streams: [{ stream: open, after: 0 }] });
      await eventually(() => from.texts(open).length === 4, `all is told by ${node.url.port}`);
      assert.deepEqual(from.texts(open), redacted);
    }
  });

  it('redacts each message so many hours after it was written, also when the conversation is over', async (t) => {
    const talked = await talk({ 'redaction.mode': 'hours', 'redaction.after-hours': 30 });
    const { agent, id, params, write, shownTo } = talked;
    const { ours, open } = await listening(t, talked);
    await write(`ours ${number}`);
    const [{ due_at: due } = { due_at: null }, ...others] = await waiting(id);
    assert.ok(due !== null && Math.abs(due.getTime() - Date.now() - 30 * 3_600_000) < 60_000);
    assert.deepEqual(others, [], 'what agents write is left alone');
    await agent.call(resolveConversation, { params });
    assert.equal(await run(), 0, 'nothing is due yet');
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`, `ours ${number}`]);
    await hoursPass(id, 31);
    assert.deepEqual(
      await shownTo.visitor(),
      [`begin ${stars}`, `ours ${number}`],
      'also while the job is late',
    );
    assert.equal(await run(), 1);
    await eventually(
      () => ours.entries(open).some((entry) => entry.kind === 'redacted'),
      'whoever looks at it learns of it',
    );
    assert.deepEqual(await waiting(id), []);
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where account_id = $1 and body like '%conversations.redacted%'
       union all select body from audit_entry where account_id = $1 and body like '%conversations.redacted%'`,
      [talked.account.id],
    );
    assert.equal(rows.length, 1);
    assert.ok(!rows[0]?.body.includes('9958'));
  });

  it('lets go of what is due, and of nothing else', async () => {
    const { id, write, shownTo } = await talk({
      'redaction.mode': 'hours',
      'redaction.sides': 'both',
      'redaction.after-hours': 12,
    });
    await write(`later ${number}`);
    await hoursPass(id, 13, 'seq = 2');
    assert.equal(await run(), 1);
    assert.deepEqual(await shownTo.visitor(), [`begin ${stars}`, `later ${number}`]);
    assert.equal(await run(), 0);
    await hoursPass(id, 13);
    assert.equal(await run(), 1);
    assert.deepEqual(await shownTo.visitor(), [`begin ${stars}`, `later ${stars}`]);
  });

  it('goes by what was promised or by what is set now, whichever comes first', async () => {
    const after20Hours = async (then: SettingOverrides) => {
      const talked = await talk({ 'redaction.mode': 'hours', 'redaction.after-hours': 72 });
      await hoursPass(talked.id, 20);
      assert.equal(await run(), 0);
      await setSettings(db, talked.account.id, then);
      await run();
      return (await talked.shownTo.visitor())[0] === `begin ${stars}`;
    };
    assert.ok(
      await after20Hours({ 'redaction.mode': 'hours', 'redaction.after-hours': 12 }),
      'a shorter time',
    );
    assert.ok(!(await after20Hours({ 'redaction.mode': 'hours', 'redaction.after-hours': 48 })));
    assert.ok(await after20Hours({ 'redaction.mode': 'at-once' }));
    assert.ok(!(await after20Hours({ 'redaction.mode': 'resolved' })), 'it is not resolved');
    assert.ok(!(await after20Hours({ 'redaction.mode': 'off' })));

    const off = await talk({ 'redaction.mode': 'resolved' });
    await setSettings(db, off.account.id, { 'redaction.mode': 'off' });
    await off.agent.call(resolveConversation, { params: off.params });
    assert.deepEqual(
      await off.shownTo.visitor(),
      [`begin ${stars}`],
      'the promise stands when it is turned off',
    );
    const hours = await talk({ 'redaction.mode': 'resolved' });
    await setSettings(db, hours.account.id, { 'redaction.mode': 'hours', 'redaction.after-hours': 12 });
    await hoursPass(hours.id, 13);
    assert.equal(await run(), 1, 'and hours hold for what waited for the resolution');
  });

  it('takes each channel by its own setting', async () => {
    const { account, id, agent, params, shownTo } = await talk({ 'redaction.mode': 'off' });
    await setSettings(db, account.id, { 'redaction.mode': 'resolved' }, account.siteId);
    assert.deepEqual(await waiting(id), []);
    const visitor = await makeVisitor(db, account, nodes[0].url);
    const other = await visitor.call(startConversation, {
      params: { siteKey: account.siteKey },
      body: { cid: randomUUID(), text: `of the channel ${number}` },
    });
    // A node knows of a change within a second.
    await eventually(async () => {
      await visitor.call(startConversation, {
        params: { siteKey: account.siteKey },
        body: { cid: randomUUID(), text: `again ${number}` },
      });
      return (await waiting(other.id)).length > 0;
    }, 'the channel goes by its setting');
    await agent.call(resolveConversation, { params });
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`], 'what was never promised is not taken');
  });

  it('takes 12 to 72 hours, and refuses anything else', async () => {
    const account = await makeAccount(db, { origin: nodes[0].url.origin });
    const administrator = await makePerson(db, account, { url: nodes[0].url, roles: ['administrator'] });
    const set = async (hours: number, version: number) =>
      await administrator.try(changeSettings, {
        params: { accountId: account.id },
        body: {
          channelId: null,
          version,
          set: { 'redaction.after-hours': hours },
          unset: [],
          reason: 'a test',
        },
      });
    for (const hours of [11, 73, 12.5, 0, -24]) assert.equal((await set(hours, 0)).status, 400);
    for (const [version, hours] of [12, 72].entries()) assert.equal((await set(hours, version)).status, 200);
  });

  it('leaves what is under legal hold until the hold is lifted', async () => {
    const { account, agent, id, caseId, params, shownTo } = await talk({ 'redaction.mode': 'resolved' });
    const held = await agent.call(placeHold, {
      params: { accountId: account.id },
      body: { caseId, reason: 'a court', until: null },
    });
    assert.ok(held !== null);
    await agent.call(resolveConversation, { params });
    assert.equal(await run(), 0);
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`]);
    await agent.call(liftHold, { params });
    assert.equal(await run(), 1);
    assert.deepEqual(await shownTo.visitor(), [`begin ${stars}`]);
    assert.deepEqual(await waiting(id), []);
  });

  it('attack 38: opens an original nowhere but in its place', async () => {
    const { id, account, write, shownTo } = await talk({
      'redaction.mode': 'resolved',
      'redaction.sides': 'both',
    });
    await write(`other ${number}`);
    const stranger = await talk({ 'redaction.mode': 'resolved' });
    const first = 'from entry_original other where other.conversation_id = $2 and other.seq = 2';
    const put = async (what: string, from: string) =>
      await db.asOwner(
        `update entry_original mine set ${what} ${first} and mine.conversation_id = $1 and mine.seq = 4`,
        [id, from],
      );
    await put('body = other.body', id);
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`, `other ${stars}`], 'under another key');
    await put('wrapped = other.wrapped, commitment = other.commitment, body = other.body', id);
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`, `other ${stars}`], 'of another entry');
    await put('wrapped = other.wrapped, commitment = other.commitment, body = other.body', stranger.id);
    assert.deepEqual(await shownTo.visitor(), [`begin ${number}`, `other ${stars}`], 'of another account');
    // And nobody can ask for it in another account's name.
    const seen = await db.database.read(
      stranger.account.id,
      async (tx) => await tx.sql.selectFrom('entry_original').select('account_id').execute(),
    );
    assert.ok(
      seen.every((row) => row.account_id === stranger.account.id) && account.id !== stranger.account.id,
    );
    // What waits cannot be put off, nor read across accounts.
    await assert.rejects(
      db.database.transaction(stranger.account.id, async (tx) =>
        tx.sql.updateTable('entry_original').set({ due_at: null }).execute(),
      ),
      /permission denied/,
    );
    await assert.rejects(
      db.database.read('platform', async (tx) =>
        tx.sql.selectFrom('entry_original').select('body').execute(),
      ),
      /permission denied/,
    );
  });

  it('has nothing left to redact of a conversation that was erased', async () => {
    const { account, agent, id, params } = await talk({
      'redaction.mode': 'hours',
      'redaction.after-hours': 72,
      'retention.transcript-days': 3,
    });
    await agent.call(resolveConversation, { params });
    await db.asOwner("update conversation set resolved_at = now() - interval '4 days' where id = $1", [id]);
    assert.equal((await waiting(id)).length, 1);
    await runRetention({
      database: db.database,
      keyring: db.keyring,
      keys: new ConversationKeys(db.keyring),
      fanout: new Fanout(),
    });
    assert.deepEqual(await waiting(id), []);
    assert.equal((await db.asOwner('select from entry where account_id = $1', [account.id])).rowCount, 0);
    assert.equal(await run(), 0);
  });

  it('takes the numbers of a conversation whose key is damaged, and stops at none', async () => {
    const hours = { 'redaction.mode': 'hours', 'redaction.after-hours': 12 } as const;
    const { account, id, shownTo } = await talk(hours);
    const visitor = await makeVisitor(db, account, nodes[0].url);
    const damaged = await visitor.call(startConversation, {
      params: { siteKey: account.siteKey },
      body: { cid: randomUUID(), text: `damaged ${number}` },
    });
    await db.asOwner("update conversation_key set commitment = 'x' where conversation_id = $1", [damaged.id]);
    await hoursPass(id, 13);
    await hoursPass(damaged.id, 13);
    assert.equal(await run(), 2);
    assert.deepEqual(await shownTo.visitor(), [`begin ${stars}`]);
    assert.deepEqual(await waiting(damaged.id), []);
  });

  it('attack 71: says how late it is when the job stands still for 20 minutes, and leaves nothing once it runs again', async () => {
    const { account, id } = await talk({ 'redaction.mode': 'hours', 'redaction.after-hours': 12 });
    await hoursPass(id, 12);
    const lag = async (minutes: number) => {
      const { log, lines } = keptLog();
      await measureRedactionLag(db, log, Date.now() + minutes * 60_000);
      return lines.filter((line) => line.includes(account.id)).join('');
    };
    assert.match(await lag(1), /redaction-lag/);
    assert.doesNotMatch(await lag(1), /redaction-late/);
    assert.match(await lag(20), /redaction-late/);
    assert.doesNotMatch(await lag(20), /9958/);
    const officer = await makePerson(db, account, { url: nodes[0].url, roles: ['privacy-officer'] });
    const seen = async () =>
      (await officer.call(getRetention, { params: { accountId: account.id } })).redaction;
    const { due, oldestDueAt, lateMinutes } = await seen();
    assert.deepEqual([due, lateMinutes], [1, 10]);
    assert.ok(Math.abs(Date.now() - Date.parse(oldestDueAt ?? '')) < 60_000);
    await run();
    assert.deepEqual(await seen(), { due: 0, oldestDueAt: null, lateMinutes: 10 });
    assert.equal(await lag(20), '', 'nothing waits');
    assert.deepEqual(await waiting(id), []);
  });
});
