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
});
