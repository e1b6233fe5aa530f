import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { getRetention, listDeletions, placeHold, previewRetention } from '@samtal/contract/retention';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { makeResolvedConversations } from '../../../test/resolved-conversations.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { ActivityLog } from '../activity-log/index.ts';
import { changeSettings } from '../settings/index.ts';
import { createSite, readSites } from '../sites/index.ts';
import { dropActivity } from './drop-activity.ts';
import { measureLag } from './jobs.ts';
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
