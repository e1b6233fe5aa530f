import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { settingKeys, settings } from '@samtal/contract/settings';
import { testAccount } from '../../../test/accounts.ts';
import { makeAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { compileExact, Refusal } from '../../platform/http/index.ts';
import { changeSettings, readInstallationSettings, readSettings } from './index.ts';

describe('settings', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  const change = async (
    account: string,
    set: Record<string, unknown>,
    { channelId = null, version = 0 }: { channelId?: string | null; version?: number } = {},
  ) =>
    await db.database.transaction(account, async (tx) => {
      await changeSettings(tx, account, {
        channelId,
        version,
        set,
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
  const read = async (account: string, channelId: string | null = null) =>
    await db.database.read(account, async (tx) => await readSettings(tx, account, channelId));
  const refusal = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

  it('have defaults that fit their own schemas', () => {
    for (const key of settingKeys) {
      assert.ok(compileExact(settings[key].schema)(settings[key].default), key);
    }
  });

  it('of a channel override those of the account, and these those of the installation', async () => {
    const { id: account, siteId } = await makeAccount(db, { origin: 'https://example.org' });
    assert.equal((await read(account))['retention.transcript-days'], 14);
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'retention.transcript-days': 30 }),
    ]);
    assert.equal((await read(account))['retention.transcript-days'], 30);
    const ofInstallation = await db.database.read('platform', readInstallationSettings);
    assert.equal(ofInstallation['retention.transcript-days'], 30);
    await change(account, { 'retention.transcript-days': 20 });
    await change(account, { 'retention.transcript-days': 7 }, { channelId: siteId });
    assert.equal((await read(account))['retention.transcript-days'], 20);
    assert.equal((await read(account, siteId))['retention.transcript-days'], 7);
    assert.equal((await read(account, randomUUID()))['retention.transcript-days'], 20);
    assert.equal((await read(await testAccount(db)))['retention.transcript-days'], 30);
  });

  it('are not overwritten by a change that was made from an older version, also when both come at once', async () => {
    const account = await testAccount(db);
    await change(account, { 'search.transcripts': true });
    await assert.rejects(
      change(account, { 'search.transcripts': false }),
      refusal('history.changed-meanwhile'),
    );
    const both = await Promise.allSettled(
      [10, 11].map(
        async (days) => await change(account, { 'retention.transcript-days': days }, { version: 1 }),
      ),
    );
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    assert.equal((await read(account))['search.transcripts'], true);
  });

  it('refuse values that do not fit, and levels that they do not have, and change nothing then', async () => {
    const { id: account, siteId } = await makeAccount(db, { origin: 'https://example.org' });
    for (const days of [0, 8, 1.5, '7', null, []]) {
      await assert.rejects(
        change(account, { 'retention.activity-log-days': days }),
        refusal('request.invalid'),
      );
    }
    for (const days of [92, 3651])
      await assert.rejects(
        change(account, { 'retention.statistics-days': days }),
        refusal('request.invalid'),
      );
    await assert.rejects(
      change(account, { 'search.transcripts': true, 'retention.transcript-days': 1 }, { channelId: siteId }),
      refusal('settings.wrong-level'),
    );
    const { rows } = await db.asOwner(
      "select from configuration_version where account_id = $1 and kind = 'settings'",
      [account],
    );
    assert.equal(rows.length, 0);
  });

  it('keep every version as it was', async () => {
    const account = await testAccount(db);
    await change(account, { 'retention.transcript-days': 5 });
    await change(account, { 'retention.transcript-days': 6 }, { version: 1 });
    const { rows } = await db.asOwner<{ body: object }>(
      "select body from configuration_version where account_id = $1 and kind = 'settings' order by version",
      [account],
    );
    assert.deepEqual(
      rows.map(({ body }) => body),
      [{ 'retention.transcript-days': 5 }, { 'retention.transcript-days': 6 }],
    );
    await assert.rejects(
      db.database.transaction(account, async (tx) => {
        await tx.sql
          .updateTable('configuration_version')
          .set({ reason: 'another' })
          .where('account_id', '=', account)
          .execute();
      }),
      /permission denied/,
    );
  });

  it('refuse to contradict each other, at one level or between two, and name both', async () => {
    const { id, siteId } = await makeAccount(db, { origin: 'https://example.org' });
    let version = 0;
    const set = async (values: Record<string, unknown>, channelId: string | null = null, at = version) =>
      await db.database.transaction(id, async (tx) => {
        await changeSettings(tx, id, {
          channelId,
          version: at,
          set: values,
          unset: [],
          by: { kind: 'operator' },
          reason: '',
        });
      });
    const named = (one: string, other: string) => (error: unknown) =>
      error instanceof Refusal &&
      error.code === 'settings.contradiction' &&
      error.fields.map(({ pointer }) => pointer).join() === `/body/set/${one},/body/set/${other}`;
    const inactivity = named('inactivity.warning-minutes', 'inactivity.end-minutes');
    await assert.rejects(set({ 'inactivity.end-minutes': 5, 'inactivity.warning-minutes': 5 }), inactivity);
    await set({ 'inactivity.end-minutes': 10, 'inactivity.warning-minutes': 3 });
    version += 1;
    await assert.rejects(set({ 'inactivity.end-minutes': 3 }, siteId, 0), inactivity);
    await set({ 'inactivity.warning-minutes': 8 }, siteId, 0);
    await assert.rejects(
      set({ 'inactivity.end-minutes': 8 }),
      inactivity,
      'the channel warns later than that',
    );
    await set({ 'inactivity.end-minutes': 9 });
    version += 1;
    await assert.rejects(
      set({ 'signin.session-idle-minutes': 61, 'signin.session-life-hours': 1 }),
      named('signin.session-idle-minutes', 'signin.session-life-hours'),
    );
    await assert.rejects(
      set({ 'media.visitors-may-send': true, 'media.visitor-types': [] }),
      named('media.visitors-may-send', 'media.visitor-types'),
    );
    await assert.rejects(
      set({ 'redaction.mode': 'hours', 'redaction.after-hours': 48, 'retention.transcript-days': 1 }),
      named('redaction.after-hours', 'retention.transcript-days'),
    );
    await set({ 'redaction.mode': 'resolved', 'redaction.after-hours': 48, 'retention.transcript-days': 1 });
  });
});
