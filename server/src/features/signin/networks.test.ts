import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { getAccount } from '@samtal/contract/accounts';
import { createRealtimeTicket } from '@samtal/contract/realtime';
import {
  changeSettings,
  confirmNetworks,
  getNetworkTrial,
  getSettings,
  revertNetworks,
  type NetworkTrial,
} from '@samtal/contract/settings';
import { getSession, signIn } from '@samtal/contract/signin';
import { testUser } from '../../../test/accounts.ts';
import { makeAccount, makePerson, request, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { TestSocket } from '../../../test/socket.ts';
import { settingsJobs } from '../settings/index.ts';
import { elevateSession } from './elevation.ts';

const password = 'blå hästar äter 7 tulpaner';
const from = (value: string) => ({ 'x-forwarded-for': value });
const inside = from('198.51.100.7');
const outside = from('203.0.113.9');

describe('a list of networks for signing in', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let other: TestAccount;
  let admin: Person;
  before(async () => {
    db = await createTestDatabase();
    // Its addresses are what a proxy says, so that requests can come from several networks.
    node = await startTestNode(db, { trustedProxies: ['127.0.0.0/8'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(async () => {
    account = await makeAccount(db, { origin: node.url.origin });
    other = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    await db.asOwner(
      `insert into membership (account_id, user_id, email, name, status)
       select $2, user_id, email, name, 'active' from membership where account_id = $1 and user_id = $3`,
      [account.id, other.id, admin.userId],
    );
  });

  const look = async (headers: Record<string, string>, { id }: TestAccount = account) => {
    const { status, body } = await admin.try(getAccount, { params: { accountId: id } }, headers);
    return status === 200 ? 'let in' : (body as { code: string }).code;
  };
  const params = () => ({ accountId: account.id });
  async function change(networks: string[] | null, headers = inside) {
    const { version } = (await admin.try(getSettings, { params: params() }, headers)).body as {
      version: number;
    };
    const body = {
      channelId: null,
      version,
      set: networks === null ? {} : { 'signin.networks': networks },
      unset: networks === null ? (['signin.networks'] as const) : [],
      reason: '',
    };
    const { status } = await admin.try(changeSettings, { params: params(), body } as never, headers);
    assert.equal(status, 200);
  }
  const trial = async (headers = inside) =>
    (await admin.try(getNetworkTrial, { params: params() }, headers)).body as NetworkTrial;
  const timeGoesBy = async () =>
    await db.asOwner("update network_trial set until = now() - interval '1 second' where account_id = $1", [
      account.id,
    ]);
  const secondFactor = async () =>
    await db.database.transaction('platform', async (tx) => {
      const sessions = await tx.sql
        .selectFrom('session')
        .select('id')
        .where('user_id', '=', admin.userId)
        .execute();
      for (const { id } of sessions) await elevateSession(tx, id, 'totp');
    });

  it('holds for every request in the account, for nobody’s other accounts, and not for their own session', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24', '2001:db8::/32'] });
    assert.deepEqual([await look(inside), await look(from('2001:db8::7'))], ['let in', 'let in']);
    assert.equal(await look(outside), 'signin.network');
    assert.equal(await look(outside, other), 'let in');
    assert.equal((await admin.try(getSession, {}, outside)).status, 200);
  });

  it('attack 46: believes no header but the nearest proxy’s, and refuses what is no address', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['6.6.6.6', '198.51.100.0/24'] });
    for (const headers of [
      from('6.6.6.6, 203.0.113.9'),
      from(' 6.6.6.6 ,  203.0.113.9 '),
      from('not-an-ip'),
      from(''),
      from('6.6.6.6 , not-an-ip'),
      from('6.6.6.6, ::ffff:203.0.113.9'),
      { 'x-real-ip': '6.6.6.6' },
      { forwarded: 'for=6.6.6.6' },
    ])
      assert.equal(await look(headers), 'signin.network', JSON.stringify(headers));
    // Two headers are one list (RFC 9110, 5.3): what the nearest proxy said comes last.
    const two = await fetch(new URL(`/api/v1/accounts/${account.id}`, node.url), {
      headers: [
        ['cookie', admin.cookie],
        ['x-forwarded-for', '6.6.6.6'],
        ['x-forwarded-for', '203.0.113.9'],
      ],
    });
    assert.equal(two.status, 403);
    assert.equal(await look(from('203.0.113.9, 6.6.6.6')), 'let in');
    assert.equal(await look(from('::ffff:198.51.100.7')), 'let in');
  });

  it('attack 46: believes no header at all from whoever is no proxy', async () => {
    const direct = await startTestNode(db);
    try {
      await setSettings(db, account.id, { 'signin.networks': ['6.6.6.6'] });
      const spoofing = admin.at(direct.url);
      for (const headers of [from('6.6.6.6'), { 'x-real-ip': '6.6.6.6' }]) {
        const { body } = await spoofing.try(getAccount, { params: params() }, headers);
        assert.equal((body as { code: string }).code, 'signin.network');
      }
      await setSettings(db, account.id, { 'signin.networks': ['127.0.0.1'] });
      assert.equal((await spoofing.try(getAccount, { params: params() }, from('6.6.6.6'))).status, 200);
    } finally {
      await direct.stop();
    }
  });

  it('lets nobody sign in whom no account admits, answers as to a wrong password, and records why', async () => {
    const person = await testUser(db, account.id, { password, roles: ['agent'] });
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24'] });
    const attempt = async (address: Record<string, string>, secret = password) => {
      const body = { email: person.email, password: secret };
      const headers = { origin: node.url.origin, ...address };
      const answer = await request(node.url, signIn, { body, headers });
      return [answer.status, (answer.body as { code?: string }).code];
    };
    assert.deepEqual(await attempt(outside), await attempt(outside, 'gröna berg i norr'));
    assert.deepEqual(await attempt(inside), [201, undefined]);
    const { rowCount } = await db.asOwner(
      `select from (select body from audit_outbox union all select body from audit_entry) each
       where body like '%signin.failed%' and body like $1 and body like '%"reason":"network"%'`,
      [`%${person.userId}%`],
    );
    assert.equal(rowCount, 1);
    // One account that admits the address is enough.
    await testUser(db, other.id, { email: person.email });
    assert.equal((await attempt(outside))[0], 201);
  });

  it('opens no socket from elsewhere, and closes those that are open when the list changes', async () => {
    const { ticket } = await admin.call(createRealtimeTicket, { params: params() });
    const at = new URL('/api/v1/realtime/agent', node.url);
    const early = await (await TestSocket.open(at, node.url.origin, outside)).hello(ticket);
    await change(['198.51.100.0/24']);
    assert.equal(await early.closed(2_000), 1008);
    const next = (await admin.try(createRealtimeTicket, { params: params() }, inside)).body as {
      ticket: string;
    };
    const late = await TestSocket.open(at, node.url.origin, outside);
    late.send({ t: 'hello', protocol: 1, credential: next.ticket });
    assert.equal(await late.closed(), 1008);
    assert.ok(late.frames.some((frame) => frame.t === 'bye' && frame.code === 'signin.network'));
  });

  it('reverts what nobody confirmed in time: at once for whoever asks, then as a version by the system', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24'] });
    await change(['192.0.2.1']);
    assert.equal(await look(inside), 'signin.network');
    await timeGoesBy();
    assert.equal(await look(inside), 'let in');
    // Another node, or this one after a restart, knows no more than the database.
    for (const { run } of settingsJobs(db)) await run();
    const { rows } = await db.asOwner<{ body: object; changed_by: string | null }>(
      `select body, changed_by from configuration_version where account_id = $1 and kind = 'settings'
       order by version desc limit 1`,
      [account.id],
    );
    assert.deepEqual(rows, [{ body: { 'signin.networks': ['198.51.100.0/24'] }, changed_by: null }]);
    assert.deepEqual(await trial(), { address: '198.51.100.7', admitted: true, until: null });
  });

  it('keeps what somebody confirms from an address that it admits, and from no other', async () => {
    await setSettings(db, account.id, { 'signin.network-exception': 'second-factor' });
    await change(['198.51.100.0/24']);
    const { until, admitted } = await trial();
    const left = new Date(until ?? 0).getTime() - Date.now();
    assert.ok(admitted && left > 9 * 60_000 && left <= 10 * 60_000, String(until));
    await secondFactor();
    assert.equal((await trial(outside)).admitted, false);
    const confirm = async (headers: Record<string, string>) =>
      (await admin.try(confirmNetworks, { params: params() }, headers)).status;
    assert.equal(await confirm(outside), 403);
    assert.equal(await confirm(inside), 204);
    assert.equal(await confirm(inside), 404);
    for (const { run } of settingsJobs(db)) await run();
    await db.asOwner('update session set second_factor_at = null');
    assert.equal(await look(outside), 'signin.network');
  });

  it('goes back behind all changes that were not confirmed, and takes no other change along', async () => {
    await change(['198.51.100.0/24']);
    await change(['198.51.100.0/24', '192.0.2.1']);
    await timeGoesBy();
    assert.equal(await look(outside), 'let in');
    for (const { run } of settingsJobs(db)) await run();
    const { settings } = await admin.call(getSettings, { params: params(), query: {} });
    const networks = settings.find(({ key }) => key === 'signin.networks');
    assert.deepEqual([networks?.value, networks?.origin], [[], 'default']);
  });

  it('goes back at once when somebody gives the trial up, and has nothing to give up afterwards', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24'] });
    await change(['198.51.100.7', '192.0.2.1']);
    await change(['198.51.100.7']);
    assert.equal(await look(from('198.51.100.8')), 'signin.network');
    const agent = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    const giveUp = async (person: Person) =>
      (await person.try(revertNetworks, { params: params() }, inside)).status;
    assert.equal(await giveUp(agent), 403);
    assert.equal(await giveUp(admin), 204);
    assert.equal(await look(from('198.51.100.8')), 'let in');
    assert.deepEqual(await trial(), { address: '198.51.100.7', admitted: true, until: null });
    assert.equal(await giveUp(admin), 404);
    const { rows } = await db.asOwner<{ body: object; changed_by: string | null }>(
      `select body, changed_by from configuration_version where account_id = $1 and kind = 'settings'
       order by version desc limit 1`,
      [account.id],
    );
    assert.deepEqual(rows, [{ body: { 'signin.networks': ['198.51.100.0/24'] }, changed_by: admin.userId }]);
  });

  it('is on trial neither when it is emptied, nor when an operator sets it', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24'] });
    assert.equal((await trial()).until, null);
    await change([]);
    assert.equal((await trial()).until, null);
    assert.equal(await look(outside), 'let in');
  });

  it('lets a second factor in this session make up for the address only where the account says so', async () => {
    await setSettings(db, account.id, { 'signin.networks': ['198.51.100.0/24'] });
    await secondFactor();
    assert.equal(await look(outside), 'signin.network');
    await setSettings(db, account.id, { 'signin.network-exception': 'second-factor' });
    assert.equal(await look(outside), 'let in');
    await db.asOwner('update session set second_factor_at = null where user_id = $1', [admin.userId]);
    assert.equal(await look(outside), 'signin.network');
  });
});
