import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRetention, listDeletions, placeHold, previewRetention } from '@samtal/contract/retention';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { seeded } from '../../../test/random.ts';
import { makeResolvedConversations } from '../../../test/resolved-conversations.ts';
import { eventually } from '../../../test/socket.ts';
import {
  keepCheckpoints,
  lastNumberIn,
  recordAudit,
  sealOutbox,
  verifyAudit,
} from '../../platform/audit/index.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { ActivityLog } from '../activity-log/index.ts';
import { changeSettings } from '../settings/index.ts';
import { createSite, readSites } from '../sites/index.ts';
import { dropActivity } from './drop-activity.ts';
import { measureLag, retentionJobs } from './jobs.ts';
import { runRetention } from './run-retention.ts';

describe('retention', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let officer: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const parts = () => ({
    database: db.database,
    keyring: db.keyring,
    keys: new ConversationKeys(db.keyring),
    fanout: new Fanout(),
  });
  const run = async (options = {}) => await runRetention(parts(), options);
  const set = async (set: Record<string, unknown>, channelId: string | null, version: number) =>
    await db.database.transaction(account.id, async (tx) => {
      await changeSettings(tx, account.id, {
        channelId,
        version,
        set,
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
  const there = async (made: { id: string }[]) => {
    const { rows } = await db.asOwner<{ id: string }>('select id from conversation where id = any($1)', [
      made.map(({ id }) => id),
    ]);
    return made.map(({ id }) => rows.some((row) => row.id === id));
  };
  const params = () => ({ accountId: account.id });

  it('deletes what has been kept for its days since it was resolved, says before what, and proves it after', async () => {
    const made = await makeResolvedConversations(db, account, { daysAgo: [13.9, 14.1, 40, 1] });
    const before = await officer.call(getRetention, { params: params() });
    const due = before.due.find((each) => each.channelId === account.siteId);
    assert.deepEqual([due?.days, due?.origin, due?.kept, due?.due, due?.held], [14, 'default', 4, 2, 0]);
    const week = await officer.call(previewRetention, { params: params(), query: { transcriptDays: 7 } });
    assert.deepEqual([week.conversations, week.entries], [3, 9]);
    assert.equal((await run()).conversations, 2);
    assert.deepEqual(await there(made), [true, false, false, true]);
    const { items } = await officer.call(listDeletions, {
      params: params(),
      query: { caseId: made[2]!.caseId.toLowerCase() },
    });
    assert.deepEqual(
      items.map((item) => [
        item.dataClass,
        item.count,
        item.cause,
        item.setting,
        item.settingDays,
        item.settingOrigin,
      ]),
      [['transcript', 2, 'retention', 'retention.transcript-days', 14, 'default']],
    );
    const none = await officer.call(listDeletions, { params: params(), query: { caseId: made[0]!.caseId } });
    assert.deepEqual(none.items, []);
    // The key of the bucket still opens the two that are left, and waits for its rotation.
    const { rows } = await db.asOwner<{ dirty: boolean }>(
      'select dirty_since is not null as dirty from key_bucket where account_id = $1',
      [account.id],
    );
    assert.ok(rows.some((row) => row.dirty));
  });

  it('takes each channel by its own setting, as it stands at the moment, and writes down which version that was', async () => {
    const site = await db.database.transaction(account.id, async (tx) => {
      const fields = { name: 'Other', origins: [], queueId: account.queueId };
      await createSite(tx, account.id, { actor: { kind: 'operator' }, site: fields });
      return (await readSites(tx, account.id)).find((each) => each.name === 'Other');
    });
    await set({ 'retention.transcript-days': 3 }, site!.id, 0);
    await set({ 'retention.transcript-days': 20 }, null, 0);
    const ofSite = await makeResolvedConversations(db, account, { daysAgo: [2, 4], siteId: site!.id });
    const ofNone = await makeResolvedConversations(db, account, { daysAgo: [19, 21], siteId: null });
    await run();
    assert.deepEqual([...(await there(ofSite)), ...(await there(ofNone))], [true, false, true, false]);
    const { rows } = await db.asOwner(
      `select setting_days, setting_origin, setting_version from deletion where at > now() - interval '1 minute' and count = 1
       and data_class = 'transcript' order by setting_days`,
    );
    assert.deepEqual(rows, [
      { setting_days: 3, setting_origin: 'channel', setting_version: 1 },
      { setting_days: 20, setting_origin: 'account', setting_version: 1 },
    ]);
  });

  it('leaves what is held until the hold has run out, and then takes it', async () => {
    const [held] = await makeResolvedConversations(db, account, { daysAgo: [100] });
    await officer.call(placeHold, {
      params: params(),
      body: { caseId: held!.caseId, reason: 'A complaint', until: null },
    });
    await run();
    assert.deepEqual(await there([held!]), [true]);
    await db.asOwner("update legal_hold set until = now() - interval '1 second' where conversation_id = $1", [
      held!.id,
    ]);
    await run();
    assert.deepEqual(await there([held!]), [false]);
  });

  it('attack 75: and holds that are placed while it goes on: what was answered to be held stays, all else goes, and the log agrees', async (t) => {
    const random = seeded(t);
    const of = await makeAccount(db, { origin: node.url.origin });
    const holder = await makePerson(db, of, { url: node.url, roles: ['privacy-officer'] });
    await holder.csrfToken();
    const made = await makeResolvedConversations(db, of, { daysAgo: Array.from({ length: 150 }, () => 50) });
    const wanted = made.filter((_, index) => index % 3 === 0);
    let [isRunning, during] = [true, 0];
    const running = Promise.all([run({ batch: 6 }), run({ batch: 6 })]).then((counts) => {
      isRunning = false;
      return counts.reduce((sum, each) => sum + each.conversations, 0);
    });
    const place = async ({ id, caseId }: { id: string; caseId: string }) => {
      await sleep(random.below(200));
      const body = { caseId, reason: 'A court', until: null };
      const { status } = await holder.try(placeHold, { params: { accountId: of.id }, body });
      if (isRunning) during += 1;
      return { id, caseId, status };
    };
    const placed = await Promise.all(wanted.map(place));
    const deleted = (await running) + (await run()).conversations;
    assert.ok(during > 0, 'some were placed while it went on');
    for (const { status } of placed) assert.ok(status === 200 || status === 404, String(status));
    const held = placed.filter(({ status }) => status === 200);
    assert.deepEqual(new Set(await there(held)), new Set(held.length > 0 ? [true] : []));
    const left = (await there(made)).filter(Boolean).length;
    assert.equal(left, held.length, 'all else is gone');
    assert.equal(deleted, made.length - held.length);
    const { rows } = await db.asOwner<{ kept: boolean; logged: number }>(
      `select (select count(*) from entry where account_id = $1) = 3 * $2
          and (select count(*) from conversation_key where account_id = $1) = $2 as kept,
        (select sum(count)::int from deletion where account_id = $1 and data_class = 'transcript') as logged`,
      [of.id, held.length],
    );
    assert.deepEqual(rows, [{ kept: true, logged: deleted }]);
    for (const { caseId, status } of placed.slice(0, 20)) {
      const query = { caseId };
      const { items } = await holder.call(listDeletions, { params: { accountId: of.id }, query });
      assert.equal(items.length, status === 200 ? 0 : 1, caseId);
    }
  });

  it('prunes the audit trail up to its days, and what is left is verified', async (t) => {
    const of = await makeAccount(db, { origin: node.url.origin });
    const head = db.keyring.purposeKey('audit');
    const signing = await db.keyring.signingKey();
    const { log } = keptLog();
    const written = async (action: string, count: number) => {
      const event = { action, actor: { kind: 'system' } } as const;
      await db.database.transaction(of.id, async (tx) => {
        for (let each = 0; each < count; each += 1) await recordAudit(tx, of.id, event);
      });
      // The node may be sealing them at this moment.
      await eventually(async () => {
        await db.database.transaction('platform', async (tx) => await sealOutbox(tx, head));
        const waiting = await db.asOwner('select from audit_outbox where account_id = $1', [of.id]);
        return waiting.rowCount === 0;
      }, 'all is sealed');
      await keepCheckpoints(
        {
          database: db.database,
          keys: async () => await Promise.resolve({ head, signing }),
          directory: db.checkpointDirectory,
          log,
        },
        'now',
        await lastNumberIn(db.checkpointDirectory),
      );
    };
    const actions = async () =>
      (
        await db.asOwner<{ action: string }>(
          "select body::jsonb ->> 'action' as action from audit_entry where account_id = $1 and body like '%a-test%' order by seq",
          [of.id],
        )
      ).rows.map(({ action }) => action);
    await written('a-test.old', 3);
    const { rows } = await db.asOwner<{ now: Date }>('select clock_timestamp() as now');
    await written('a-test.new', 2);
    assert.equal((await actions()).length, 5);
    const job = retentionJobs({ ...parts(), log }).find(({ name }) => name === 'retention.run');
    const runAt = async (now: number) => {
      t.mock.timers.enable({ apis: ['Date'], now });
      await job!.run();
      t.mock.timers.reset();
    };
    const [days, dayMs] = [730, 24 * 60 * 60_000];
    await runAt(rows[0]!.now.getTime() + (days - 1) * dayMs);
    assert.equal((await actions()).length, 5, 'their time has not come');
    await runAt(rows[0]!.now.getTime() + days * dayMs);
    assert.deepEqual(await actions(), ['a-test.new', 'a-test.new']);
    const { rows: logged } = await db.asOwner<{ count: number; setting: string; setting_days: number }>(
      "select count, setting, setting_days from deletion where account_id = $1 and data_class = 'audit'",
      [of.id],
    );
    assert.equal(logged.length, 1);
    assert.ok(logged[0]!.count >= 3);
    assert.deepEqual([logged[0]!.setting, logged[0]!.setting_days], ['retention.audit-days', days]);
    const keys = { head, publicKey: signing.publicKey, directory: db.checkpointDirectory };
    assert.deepEqual((await verifyAudit(db.database, keys)).faults, []);
    // It tells what is missing from what was pruned.
    await db.asOwner("delete from audit_entry where account_id = $1 and body like '%a-test.new%'", [of.id]);
    assert.notDeepEqual((await verifyAudit(db.database, keys)).faults, []);
  });

  it('destroys the key of a bucket at once when nothing is left in it', async () => {
    const other = await makeAccount(db, { origin: node.url.origin });
    await makeResolvedConversations(db, other, { daysAgo: [30, 30] });
    const bucket = async () =>
      (
        await db.asOwner<{ id: string; oldest_version: number }>(
          'select id, oldest_version from key_bucket where account_id = $1',
          [other.id],
        )
      ).rows[0]!;
    const { id } = await bucket();
    await run();
    assert.equal((await bucket()).oldest_version, 2);
    assert.equal(await db.keyring.hasBucketVersion(other.id, id, 1), false);
  });

  it('deletes visitor sessions a day after their end', async () => {
    await db.asOwner(
      `insert into visitor_session (account_id, id, token_hash, expires_at)
       select $1, gen_random_uuid(), convert_to(hours::text, 'UTF8'), now() - make_interval(hours => hours) from unnest(array[-1, 23, 25]) as hours`,
      [account.id],
    );
    assert.equal((await run()).sessions, 1);
    const { rows } = await db.asOwner('select from visitor_session where account_id = $1', [account.id]);
    assert.equal(rows.length, 2);
  });

  it('drops days of the activity log that are past their time, and says so in the deletion log', async () => {
    const other = await makeAccount(db, { origin: node.url.origin });
    const activity = new ActivityLog({
      ...parts(),
      log: keptLog().log,
      maskPath: async (_, __, path) => await Promise.resolve(path),
    });
    for (const days of [0, 9, 9])
      activity.note({
        account: other.id,
        siteId: other.siteId,
        visitorId: randomUUID(),
        kind: 'connected',
        at: new Date(Date.now() - days * 24 * 60 * 60_000),
        address: '192.0.2.1',
        userAgent: 'Browser',
      });
    await activity.flush();
    await dropActivity(parts());
    const { rows } = await db.asOwner<{ count: number; setting: string; setting_days: number }>(
      "select count, setting, setting_days from deletion where account_id = $1 and data_class = 'activity-log'",
      [other.id],
    );
    assert.deepEqual(rows, [{ count: 2, setting: 'retention.activity-log-days', setting_days: 7 }]);
    await dropActivity(parts());
    const { rowCount } = await db.asOwner('select from deletion where account_id = $1', [other.id]);
    assert.equal(rowCount, 1);
  });

  it('may be done by several at once, in small batches, and each conversation stands in the log once', async () => {
    const made = await makeResolvedConversations(db, account, {
      daysAgo: Array.from({ length: 90 }, () => 50),
    });
    const counts = await Promise.all(Array.from({ length: 4 }, async () => await run({ batch: 7 })));
    assert.equal(
      counts.reduce((sum, each) => sum + each.conversations, 0),
      90,
    );
    assert.ok((await there(made)).every((left) => !left));
  });

  it('is measured: how late it is, and a warning when something holds it up', async () => {
    const other = await makeAccount(db, { origin: node.url.origin });
    await makeResolvedConversations(db, other, { daysAgo: [14.01, 14.1] });
    const { log, lines } = keptLog();
    await measureLag(parts(), log);
    const late = lines.filter((line) => line.includes('retention-late') && line.includes(other.id));
    assert.equal(late.length, 1);
    assert.match(late[0]!, /"count":2/);
    await run();
    lines.length = 0;
    await measureLag(parts(), log);
    assert.ok(lines.some((line) => line.includes('retention-lag') && line.includes(other.id)));
    assert.ok(!lines.some((line) => line.includes('retention-late')));
  });

  it('is seen by those who may, and by nobody else', async () => {
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    assert.equal((await agent.try(getRetention, { params: params() })).status, 403);
    const unknown = { transcriptDays: 7, channelId: randomUUID() };
    assert.equal((await officer.try(previewRetention, { params: params(), query: unknown })).status, 404);
  });
});
