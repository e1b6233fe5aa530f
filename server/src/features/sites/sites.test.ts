import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { changeSite, createSite, deleteSite, listSites, type Site } from '@samtal/contract/sites';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, testHttp } from '../../../test/requests.ts';
import { Refusal } from '../../platform/http/index.ts';
import { siteByKey } from './index.ts';
import { normalisedOrigins } from './policy.ts';
import { sitesRoutes } from './routes.ts';
import { newSiteKey } from './site-key.ts';

const password = 'blå hästar äter 7 tulpaner';
let db: TestDatabase;
let accountId: string;
let queueId: string;
let browser: Browser;
before(async () => {
  db = await createTestDatabase();
  const http = testHttp(db, (served) => sitesRoutes(served, db));
  accountId = await testAccount(db);
  queueId = await queueIn(accountId);
  browser = await Browser.signIn(http, await testUser(db, accountId, { password, roles: ['administrator'] }));
});
after(() => db.close());

async function queueIn(account: string): Promise<string> {
  const id = randomUUID();
  await db.asOwner("insert into queue (account_id, id, name) values ($1, $2, 'General')", [account, id]);
  return id;
}

async function create(name: string, origins: string[] = ['https://www.almvik.example']) {
  return await browser.call(createSite, { params: { accountId }, body: { name, origins, queueId } });
}

test('makes a site with a key of its own, changes it and removes it', async () => {
  const answer = await create('Town', ['HTTPS://Www.Almvik.Example:443', 'https://www.almvik.example']);
  assert.equal(answer.statusCode, 400, 'the contract takes lower-case schemes');
  const made = (await create('Town', ['https://Www.Almvik.Example:443'])).json<Site>();
  assert.match(made.siteKey, /^[A-Za-z0-9]{20}$/);
  assert.deepEqual(
    [made.origins, made.locale, made.sessionLifeMinutes],
    [['https://www.almvik.example'], 'en', 120],
  );
  const params = { accountId, siteId: made.id };
  const changed = await browser.call(changeSite, { params, body: { locale: 'sv', accentColour: '#aa0000' } });
  assert.deepEqual(changed.json<Site>(), {
    ...made,
    locale: 'sv',
    accentColour: '#aa0000',
    version: 2,
  });
  assert.equal((await browser.call(deleteSite, { params })).statusCode, 204);
  assert.equal(codeOf(await browser.call(deleteSite, { params })), 'not-found');
  assert.deepEqual((await browser.call(listSites, { params: { accountId } })).json(), { items: [] });
});

test('refuses a name that is taken, and a queue that the account does not have', async () => {
  const { id } = (await create('Library')).json<Site>();
  await create('School');
  assert.equal(codeOf(await create('LIBRARY')), 'names.taken');
  const params = { accountId, siteId: id };
  assert.equal(codeOf(await browser.call(changeSite, { params, body: { name: 'School' } })), 'names.taken');
  const foreign = await queueIn(await testAccount(db, 'Other'));
  assert.equal(codeOf(await browser.call(changeSite, { params, body: { queueId: foreign } })), 'not-found');
});

test('writes origins as browsers do, and refuses what is none', () => {
  assert.deepEqual(
    normalisedOrigins([
      'https://EXAMPLE.org:443',
      'http://example.org:80',
      'https://example.org',
      'http://[::1]:8080',
    ]),
    ['https://example.org', 'http://example.org', 'http://[::1]:8080'],
  );
  for (const bad of [
    'https://example.org/',
    'https://example.org/path',
    'https://user@example.org',
    'https://example.org?x',
    'https://*.example.org',
    'ftp://example.org',
    'example.org',
    'https://',
    'null',
    'https://example.org:99999',
  ]) {
    assert.throws(() => normalisedOrigins([bad]), Refusal, bad);
  }
});

test('finds a site by its key, unless the account is suspended', async () => {
  const { siteKey, id } = (await create('Museum')).json<Site>();
  const find = () => db.database.read('platform', (tx) => siteByKey(tx, siteKey));
  assert.equal((await find())?.siteId, id);
  await db.asOwner("update account set status = 'suspended' where id = $1", [accountId]);
  assert.equal(await find(), null);
  await db.asOwner("update account set status = 'active' where id = $1", [accountId]);
  assert.equal(await db.database.read('platform', (tx) => siteByKey(tx, newSiteKey())), null);
});
