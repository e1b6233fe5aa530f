import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { giveRole, listRoles } from '@samtal/contract/access';
import { changeSettings, getSettings, type SettingsOfLevel } from '@samtal/contract/settings';
import {
  changePassword,
  elevate,
  endElevation,
  getSession,
  signOut,
  type Session,
} from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, testHttp } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { accessRoutes } from '../access/routes.ts';
import { settingsRoutes } from '../settings/routes.ts';

const password = 'the correct horse and its battery';

describe('elevation', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  let ada: TestPerson;

  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db, (registered) => {
      accessRoutes(registered, { database: db.database });
      settingsRoutes(registered, {
        database: db.database,
        judge: async () => [],
        whereChanged: () => undefined,
      });
    });
    accountId = await testAccount(db);
    ada = await testUser(db, accountId, { roles: ['administrator'], password });
  });
  after(async () => {
    await http.close(0);
    await db.close();
  });

  const signIn = () => Browser.signIn(http, ada, { elevated: false });
  /** Something sensitive that changes nothing: giving a role to nobody. 404 when the session is elevated. */
  const doSensitive = async (browser: Browser) => {
    const nobody = '00000000-0000-4000-8000-000000000000';
    const body = { userId: nobody, roleId: nobody, scope: {} };
    return codeOf(await browser.call(giveRole, { params: { accountId }, body }));
  };
  const elevatedUntil = async (browser: Browser) =>
    (await browser.call(getSession, {})).json<Session>().elevatedUntil;
  const prove = (browser: Browser, given = password) =>
    browser.call(elevate, { body: { kind: 'password', password: given } });

  it('is asked for before sensitive work, and not before other work', async () => {
    const browser = await signIn();
    assert.equal(await elevatedUntil(browser), null);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    assert.equal((await browser.call(listRoles, { params: { accountId } })).statusCode, 200);
    assert.equal((await prove(browser)).statusCode, 200);
    assert.equal(await doSensitive(browser), 'not-found');
  });

  it('is asked for a change of settings exactly where one of them is sensitive', async () => {
    const browser = await signIn();
    const change = async (set: object, unset: string[] = []) => {
      const now = await browser.call(getSettings, { params: { accountId } });
      const { version } = now.json<SettingsOfLevel>();
      return await browser.call(changeSettings, {
        params: { accountId },
        body: { channelId: null, version, set, unset: unset as [], reason: '' },
      });
    };
    assert.equal((await change({ 'inactivity.end-text': 'Bye' })).statusCode, 200);
    for (const [set, unset] of [
      [{ 'retention.transcript-days': 3650 }, []],
      [{ 'retention.statistics-days': 93 }, []],
      [{ 'inactivity.end-text': 'Bye', 'masking.cards': false }, []],
      [{}, ['retention.transcript-days']],
    ] as const)
      assert.equal(codeOf(await change(set, [...unset])), 'signin.elevation-required');
  });

  it('is not given for a wrong password, which counts like one at the door', async () => {
    const eve = await testUser(db, accountId, { roles: ['administrator'], password });
    const browser = await Browser.signIn(http, eve, { elevated: false });
    for (let guess = 0; guess < 5; guess += 1)
      assert.equal(codeOf(await prove(browser, 'something else entirely')), 'signin.proof-refused');
    await db.asOwner(
      "update sign_in_failure set locked_until = now() + interval '1 minute' where locked_until is not null",
    );
    assert.equal(codeOf(await prove(browser)), 'signin.proof-refused', 'locked, though right');
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    await db.asOwner('delete from sign_in_failure');
  });

  it('attack 19: ends an hour after the proof, however much is done meanwhile', async () => {
    const browser = await signIn();
    await prove(browser);
    const until = await elevatedUntil(browser);
    assert.equal(await doSensitive(browser), 'not-found');
    assert.equal(await elevatedUntil(browser), until, 'use does not put it off');
    const left = (new Date(until ?? 0).getTime() - Date.now()) / 1000;
    assert.ok(left > 3500 && left <= 3601, String(left));
    await passTime('59 minutes 50 seconds');
    assert.equal(await doSensitive(browser), 'not-found');
    await passTime('11 seconds');
    assert.equal(await elevatedUntil(browser), null);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
  });

  it('attack 20: is of one session, and not of another one of the same person', async () => {
    const [one, other] = [await signIn(), await signIn()];
    await prove(one);
    assert.equal(await doSensitive(one), 'not-found');
    assert.equal(await doSensitive(other), 'signin.elevation-required');
  });

  it('ends when it is given back, and with the session', async () => {
    const browser = await signIn();
    await prove(browser);
    assert.equal((await browser.call(endElevation, {})).statusCode, 204);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
    await prove(browser);
    await browser.call(signOut, {});
    assert.equal(await doSensitive(browser), 'signin.required');
    assert.equal(await doSensitive(await signIn()), 'signin.elevation-required');
  });

  it('ends with a change of the password', async () => {
    const bo = await testUser(db, accountId, { roles: ['administrator'], password });
    const browser = await Browser.signIn(http, bo, { elevated: false });
    await prove(browser);
    const body = { current: password, next: `${password} again` };
    assert.equal((await browser.call(changePassword, { body })).statusCode, 204);
    assert.equal(await doSensitive(browser), 'signin.elevation-required');
  });

  it('is on the audit trail, and so is what was shown for each thing done in it', async () => {
    const browser = await signIn();
    await prove(browser, 'something else entirely');
    await prove(browser);
    const { version } = (await browser.call(getSettings, { params: { accountId } })).json<SettingsOfLevel>();
    const set = { 'retention.transcript-days': 12 };
    const body = { channelId: null, version, set, unset: [], reason: '' };
    await browser.call(changeSettings, { params: { accountId }, body });
    const last = async (action: string) =>
      (
        await db.asOwner<{ body: { actor: object; details: object } }>(
          "select body::jsonb as body from audit_outbox where body::jsonb ->> 'action' = $1 order by id desc limit 1",
          [action],
        )
      ).rows[0]?.body;
    assert.deepEqual((await last('signin.elevated'))?.details, { by: 'password' });
    assert.deepEqual((await last('signin.elevation-failed'))?.details, { reason: 'wrong' });
    const changed = await last('settings.changed');
    assert.ok(changed);
    assert.deepEqual(changed.actor, { kind: 'user', id: ada.userId });
    assert.equal((changed.details as { elevatedBy?: string }).elevatedBy, 'password');
  });

  /** As if so much time had gone by for whatever is elevated. */
  async function passTime(interval: string): Promise<void> {
    await db.asOwner('update session set elevated_until = elevated_until - $1::interval', [interval]);
  }
});
