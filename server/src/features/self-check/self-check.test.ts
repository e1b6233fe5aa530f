import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getSelfCheck, type SelfCheck } from '@samtal/contract/self-check';
import { listSites } from '@samtal/contract/sites';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';

describe('the self-check of an account', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let administrator: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    administrator = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  const check = async (): Promise<SelfCheck['weaker']> =>
    (await administrator.call(getSelfCheck, { params: { accountId: account.id } })).weaker;

  it('finds nothing in a new account, nor in one that protects more', async () => {
    assert.deepEqual(await check(), []);
    await setSettings(db, account.id, {
      'retention.transcript-days': 7,
      'redaction.mode': 'resolved',
      'masking.card-networks': ['maestro'],
      'signin.password-min-length': 16,
      'inactivity.end-minutes': 10,
    });
    await setSettings(db, account.id, { 'retention.transcript-days': 14 }, account.siteId);
    assert.deepEqual(await check(), []);
  });

  it('finds what the account, a channel and the operator have made weaker, and says who has', async () => {
    await setSettings(db, account.id, {
      'masking.detectors': ['iban'],
      'media.access-enforced': false,
      'retention.transcript-days': 15,
    });
    await setSettings(db, account.id, { 'search.transcripts': true });
    await setSettings(db, account.id, { 'masking.cards': false }, account.siteId);
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'signin.attempts-before-wait': 6, 'signin.longest-wait-minutes': 60 }),
    ]);
    const { items } = await administrator.call(listSites, { params: { accountId: account.id } });
    const [site] = items;
    assert.ok(site);
    const found = await check();
    assert.deepEqual(
      found.map(({ key, channel, origin }) => [key, channel, origin]),
      [
        ['retention.transcript-days', null, 'account'],
        ['masking.detectors', null, 'account'],
        ['media.access-enforced', null, 'account'],
        ['search.transcripts', null, 'account'],
        ['signin.attempts-before-wait', null, 'installation'],
        ['masking.cards', { id: site.id, name: site.name }, 'channel'],
      ],
    );
    const [days, detectors] = found;
    assert.deepEqual([days?.value, days?.usual, detectors?.value], [15, 14, ['iban']]);
    assert.ok(Array.isArray(detectors?.usual) && detectors.usual.includes('id-se'));
  });
});
