import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dataClassNames } from '@samtal/contract/retention';
import type { DataProtectionRecord } from '@samtal/contract/data-protection';
import { testUser } from '../../../test/accounts.ts';
import { makeAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { changeSettings } from '../settings/index.ts';
import { createSite } from '../sites/index.ts';
import { settingKeys, settings, type SettingKey } from '@samtal/contract/settings';
import { buildRecord } from './build-record.ts';
import { tellingOfSettings } from './settings-in-record.ts';

describe('the record of processing', () => {
  let db: TestDatabase;
  before(async () => {
    db = await createTestDatabase();
  });
  after(async () => await db.close());

  const build = async (account: string): Promise<DataProtectionRecord> =>
    await db.database.read(
      account,
      async (tx) => await buildRecord(tx, account, { version: '1.2.3', filesScanned: false }),
    );
  const set = async (account: string, values: Record<string, unknown>, channelId: string | null = null) =>
    await db.database.transaction(account, async (tx) => {
      await changeSettings(tx, account, {
        channelId,
        version: 0,
        set: values,
        unset: [],
        by: { kind: 'operator' },
        reason: 'a test',
      });
    });
  const periodsOf = (record: DataProtectionRecord, word: string) =>
    record.classes.find((each) => each.class === word)?.periods ?? assert.fail(word);

  it('says every class of data there is, where it lies and for how long', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    const { classes, version } = await build(id);
    assert.equal(version, '1.2.3');
    assert.deepEqual(
      classes.map((each) => each.class),
      [...dataClassNames],
    );
    for (const each of classes) {
      assert.ok(each.places.length > 0 && each.protection.length > 0 && each.periods.length > 0, each.class);
    }
  });

  it('follows the configuration: periods of account and site, with who has decided them', async () => {
    const { id, siteId, queueId } = await makeAccount(db, { origin: 'https://example.org' });
    await db.database.transaction(id, async (tx) => {
      const site = { name: 'Other', origins: ['https://other.example'], queueId };
      await createSite(tx, id, { actor: { kind: 'operator' }, site });
    });
    const before = await build(id);
    assert.deepEqual(
      periodsOf(before, 'transcript').map(({ hours, origin, channelId }) => [hours, origin, channelId]),
      [[14 * 24, 'default', null]],
    );
    await set(id, { 'retention.transcript-days': 30, 'privacy.controller': 'Almviks kommun' });
    await set(
      id,
      { 'retention.transcript-days': 3, 'activity-log.level': 'pages', 'session-data.shown': true },
      siteId,
    );
    const after = await build(id);
    assert.deepEqual(
      periodsOf(after, 'transcript').map(({ hours, origin, channelId }) => [hours, origin, channelId]),
      [
        [30 * 24, 'account', null],
        [3 * 24, 'channel', siteId],
      ],
    );
    assert.equal(after.contacts.controller, 'Almviks kommun');
    assert.equal(after.contacts.region, '');
    assert.deepEqual(
      after.channels.map(({ name, origins, activityLog, sessionDataShown }) => [
        name,
        origins,
        activityLog,
        sessionDataShown,
      ]),
      [
        ['Other', ['https://other.example'], 'connections', false],
        ['Site', ['https://example.org'], 'pages', true],
      ],
    );
  });

  it('says what operators have set, and lets no account say it', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'privacy.region': 'Luleå, Sweden' }),
    ]);
    assert.equal((await build(id)).contacts.region, 'Luleå, Sweden');
    await assert.rejects(set(id, { 'privacy.region': 'Elsewhere' }), { code: 'settings.wrong-level' });
  });

  it('counts those who have access by role, and leaves out who is not active', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    await testUser(db, id, { roles: ['agent'] });
    await testUser(db, id, { roles: ['agent', 'supervisor'] });
    const gone = await testUser(db, id, { roles: ['agent'] });
    await db.asOwner("update membership set status = 'inactive' where account_id = $1 and user_id = $2", [
      id,
      gone.userId,
    ]);
    const { roles } = await build(id);
    const role = (name: string) => roles.find((each) => each.name === name) ?? assert.fail(name);
    assert.equal(role('Agent').users, 2);
    assert.equal(role('Supervisor').users, 1);
    assert.equal(role('Coach').users, 0);
    assert.ok(role('Supervisor').reaches.includes('conversations.read'));
    assert.ok(role('Privacy officer').reaches.includes('activity-log.look-up'));
    assert.ok(!role('Account administrator').reaches.some((each) => each.startsWith('conversations.')));
    assert.ok(!role('Account administrator').reaches.includes('routing.manage'));
  });

  it('says which attributes of visitors are declared, and what for', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    assert.deepEqual((await build(id)).attributes, []);
    const attribute = {
      key: 'customer',
      label: 'Customer number',
      purpose: 'To find the invoice',
      category: 'identifier',
      indexed: true,
    };
    await set(id, { 'visitors.attributes': [attribute] });
    const { key: _key, ...said } = attribute;
    assert.deepEqual((await build(id)).attributes, [said]);
  });

  it('says every setting there is, or the code says why it does not', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    const record = await build(id);
    const said = new Set<string>(record.settings.map(({ setting }) => setting));
    const periods = record.classes.flatMap((each) => each.periods.map(({ setting }) => setting));
    const inParts: Record<string, (key: SettingKey) => boolean> = {
      contacts: (key) => key.replace('privacy.', '') in record.contacts,
      classes: (key) => periods.includes(key),
      channels: (key) => ['activity-log.level', 'session-data.shown'].includes(key),
      attributes: (key) => key === 'visitors.attributes',
      rules: (key) => key === 'masking.rules',
    };
    assert.deepEqual(Object.keys(tellingOfSettings).toSorted(), [...settingKeys].toSorted());
    for (const key of settingKeys) {
      const telling = tellingOfSettings[key];
      assert.equal(said.has(key), 'section' in telling, key);
      if ('part' in telling) assert.ok(inParts[telling.part]?.(key), key);
      if ('leftOut' in telling) {
        assert.ok(telling.leftOut.length > 20, key);
        // What weakens privacy is said, but for where on a machine backups lie, certificates, and who it is.
        const unsaid = ['backup.directory', 'mail.smtp-ca', 'sms.ca', 'signin.break-glass-users'];
        assert.ok(!settings[key].sensitive || unsaid.includes(key), key);
      }
    }
    for (const { setting, values } of record.settings)
      for (const { value } of values)
        assert.ok(
          value === null ||
            ['boolean', 'number', 'string'].includes(typeof value) ||
            (Array.isArray(value) && value.every((each) => typeof each === 'string')),
          `${setting} has a plain value`,
        );
  });

  it('says masking and redaction of the account and of channels, and rules without what they look for', async () => {
    const { id, siteId } = await makeAccount(db, { origin: 'https://example.org' });
    const rule = {
      id: 'member',
      name: 'Member number',
      pattern: 'secret-pattern-\\d+',
      ignoreCase: false,
      action: 'keep-last',
      keep: 2,
      enabled: true,
    };
    await set(id, { 'masking.rules': [rule], 'redaction.mode': 'resolved' });
    await set(id, { 'masking.cards': false, 'media.visitors-may-send': true }, siteId);
    const record = await build(id);
    const said = (key: SettingKey) =>
      record.settings
        .find(({ setting }) => setting === key)
        ?.values.map(({ channelId, origin, value }) => [channelId, origin, value]);
    assert.deepEqual(said('redaction.mode'), [[null, 'account', 'resolved']]);
    assert.deepEqual(said('masking.cards'), [
      [null, 'default', true],
      [siteId, 'channel', false],
    ]);
    assert.deepEqual(said('media.visitors-may-send'), [
      [null, 'default', false],
      [siteId, 'channel', true],
    ]);
    assert.deepEqual(record.rules, [
      {
        channelId: null,
        origin: 'account',
        name: 'Member number',
        action: 'keep-last',
        keep: 2,
        enabled: true,
      },
    ]);
    assert.ok(!JSON.stringify(record).includes('secret-pattern'));
  });

  it('says where the audit trail goes by host, and nothing that may be a secret', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    const { auditDestinations } = await build(id);
    assert.deepEqual(auditDestinations, []);
    await db.asOwner(
      `insert into audit_destination (account_id, id, name, kind, target, delivered_seq) values
        ($1, gen_random_uuid(), 'SIEM', 'webhook', '{"kind":"webhook","url":"https://siem.example:8443/in?token=hunter2"}', 0),
        ($1, gen_random_uuid(), 'Log host', 'syslog', '{"kind":"syslog","host":"10.0.0.7","port":514,"transport":"tcp"}', 0)`,
      [id],
    );
    const record = await build(id);
    assert.deepEqual(record.auditDestinations, [
      { name: 'Log host', kind: 'syslog', host: '10.0.0.7', encrypted: false, active: true },
      { name: 'SIEM', kind: 'webhook', host: 'siem.example', encrypted: true, active: true },
    ]);
    assert.ok(!JSON.stringify(record).includes('hunter2'));
  });

  it('says how backups are kept as operators have set it', async () => {
    const { id } = await makeAccount(db, { origin: 'https://example.org' });
    await db.asOwner('delete from installation_settings_version');
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'backup.retention-days': 3, 'backup.directory': '/srv/secret-place' }),
    ]);
    const record = await build(id);
    assert.deepEqual(
      periodsOf(record, 'backup').map(({ hours, origin, setting }) => [hours, origin, setting]),
      [[72, 'installation', 'backup.retention-days']],
    );
    assert.ok(!JSON.stringify(record).includes('secret-place'));
  });
});
