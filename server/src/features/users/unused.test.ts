import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { getAccount } from '@samtal/contract/accounts';
import { unattendedHeader } from '@samtal/contract/signin';
import { changeUser, getUser } from '@samtal/contract/users';
import {
  makeAccount,
  makePerson,
  makeProgram,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { TestSocket } from '../../../test/socket.ts';
import { Messenger } from '../factors/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { tendUnusedUsers } from './unused.ts';

describe('users who stay away', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let server: TestMailServer;
  const left: string[] = [];
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    server = await startMailServer();
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    await setSettings(db, account.id, { 'users.inactive-after-days': 30 });
  });
  after(async () => {
    await node.stop();
    await server.close();
    await db.close();
  });

  const one = ({ userId }: Person) => ({ params: { accountId: account.id, userId } });
  const seen = async (person: Person) => await admin.call(getUser, one(person));

  /** As it does by the clock, a day at a time. */
  async function night(): Promise<void> {
    const { database, keyring } = db;
    const outbound = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] });
    const messenger = new Messenger({
      database,
      keyring,
      outbound,
      publicUrl: node.url,
      log: createLog({ level: 'error' }),
    });
    await tendUnusedUsers({
      database,
      beforeLeaving: async (_tx, _account, userId) => void left.push(userId),
      mail: {
        isPossible: async () => await messenger.canMail(),
        send: async (to, values) => await messenger.mailed(to, { key: 'unused', values }),
      },
    });
  }

  /** Somebody who was here so many days ago, has been a user for longer, and still has the session of then. */
  async function awayFor(days: number, roles: Parameters<typeof makePerson>[2]['roles'] = ['agent']) {
    const person = await makePerson(db, account, { url: node.url, roles });
    await away(person, days);
    return person;
  }
  async function away({ userId }: Person, days: number): Promise<void> {
    await db.asOwner(
      `update membership set active_since = now() - interval '400 days',
         last_active_on = (now() at time zone 'UTC')::date - $2::integer where user_id = $1`,
      [userId, days],
    );
  }
  async function audited(person: Person): Promise<{ action: string; details: Record<string, unknown> }[]> {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where account_id = $1 union all
       select body from audit_entry where account_id = $1`,
      [account.id],
    );
    return rows
      .map(
        ({ body }) =>
          JSON.parse(body) as { action: string; subject?: { id: string }; details: Record<string, unknown> },
      )
      .filter(({ action, subject }) => action.startsWith('users.') && subject?.id === person.userId)
      .map(({ action, details }) => ({ action, details }));
  }

  it('become inactive after so many days and no sooner: session and socket end, and the trail names the rule', async () => {
    const [late, inTime] = [await awayFor(31), await awayFor(30)];
    const socket = await TestSocket.asAgent(late);
    await away(late, 31);
    await night();
    assert.equal(await socket.closed(2_000), 1008);
    assert.equal((await late.try(getAccount, { params: { accountId: account.id } })).status, 401);
    const gone = await seen(late);
    assert.deepEqual([gone.status, gone.inactiveBecause], ['inactive', 'unused']);
    assert.ok(left.includes(late.userId), 'conversations went back');
    const [entry] = await audited(late);
    assert.equal(entry?.action, 'users.changed');
    assert.deepEqual(
      [entry.details['because'], entry.details['rule'], entry.details['days']],
      ['unused', 'users.inactive-after-days', 30],
    );
    assert.equal((await seen(inTime)).status, 'active');
  });

  it('stay active while they work in a session, and not by what their page asks for by itself', async () => {
    const [working, absent] = [await awayFor(31), await awayFor(31)];
    const params = { accountId: account.id };
    assert.equal((await working.try(getAccount, { params })).status, 200);
    assert.equal((await absent.try(getAccount, { params }, { [unattendedHeader]: '1' })).status, 200);
    await night();
    const today = new Date().toISOString().slice(0, 10);
    assert.deepEqual([(await seen(working)).status, (await seen(working)).lastActiveOn], ['active', today]);
    assert.equal((await seen(absent)).status, 'inactive');
  });

  it('are let in again by an administrator, and then have their time anew', async () => {
    const person = await awayFor(31);
    await night();
    await admin.call(changeUser, { ...one(person), body: { status: 'active', reason: 'Back from leave' } });
    await night();
    const back = await seen(person);
    assert.deepEqual([back.status, back.inactiveBecause], ['active', null]);
  });

  it('keep a session for other accounts in which they are active', async () => {
    const person = await awayFor(31);
    const other = await makeAccount(db, { origin: node.url.origin });
    await db.asOwner(
      `insert into membership (account_id, user_id, email, name, status)
       select $2, user_id, email, name, 'active' from membership where user_id = $1`,
      [person.userId, other.id],
    );
    await night();
    assert.equal((await person.try(getAccount, { params: { accountId: account.id } })).status, 404);
    assert.equal((await person.try(getAccount, { params: { accountId: other.id } })).status, 200);
  });

  it('do not become inactive where the account wants none to, nor while they are only invited', async () => {
    const person = await awayFor(3000);
    const invited = await awayFor(31);
    await db.asOwner("update membership set status = 'invited' where user_id = $1", [invited.userId]);
    await setSettings(db, account.id, { 'users.inactive-after-days': null });
    await night();
    assert.equal((await seen(person)).status, 'active');
    await setSettings(db, account.id, { 'users.inactive-after-days': 30 });
    await night();
    assert.equal((await seen(person)).status, 'inactive');
    assert.equal((await seen(invited)).status, 'invited');
  });

  it('never leave an account without an administrator: the one who was there last stays, which is recorded once', async () => {
    const apart = await makeAccount(db, { origin: node.url.origin });
    const two = [];
    for (const days of [200, 100]) {
      const person = await makePerson(db, apart, { url: node.url, roles: ['administrator'] });
      await away(person, days);
      two.push(person);
    }
    await night();
    await night();
    const { rows } = await db.asOwner<{ user_id: string; status: string; unused_notice: string | null }>(
      'select user_id, status, unused_notice from membership where account_id = $1',
      [apart.id],
    );
    assert.deepEqual(
      two.map(({ userId }) => rows.find((row) => row.user_id === userId)?.status),
      ['inactive', 'active'],
    );
    const { rows: kept } = await db.asOwner(
      `select body from (select body from audit_outbox where account_id = $1 union all
         select body from audit_entry where account_id = $1) entry
       where body::jsonb ->> 'action' = 'users.unused-kept'
         and body::jsonb -> 'details' ->> 'because' = 'last-administrator'`,
      [apart.id],
    );
    assert.equal(kept.length, 1);
  });

  it('stay active while a key of theirs is at work, which would die with them', async () => {
    const person = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const { rows } = await db.asOwner<{ id: string }>(
      "select id from role where account_id = $1 and built_in = 'administrator'",
      [account.id],
    );
    const program = await makeProgram(person, [{ roleId: rows[0]?.id ?? '', scope: {} }]);
    await program.call(getAccount, { params: { accountId: account.id } });
    await away(person, 31);
    await night();
    assert.equal((await seen(person)).status, 'active');
    assert.deepEqual((await audited(person)).at(-1), {
      action: 'users.unused-kept',
      details: { because: 'api-key', rule: 'users.inactive-after-days', days: 30 },
    });
    await db.asOwner('update api_key set last_used_on = last_used_on - 31 where id = $1', [program.keyId]);
    await night();
    assert.equal((await seen(person)).status, 'inactive');
  });

  it('stay active where the account names them for emergencies', async () => {
    const person = await awayFor(31, ['administrator']);
    await setSettings(db, account.id, { 'signin.break-glass-users': [person.userId] });
    await night();
    assert.equal((await seen(person)).status, 'active');
    await setSettings(db, account.id, { 'signin.break-glass-users': [] });
    await night();
    assert.equal((await seen(person)).status, 'inactive');
  });

  it('are told a week before by mail, once, where mail is set up', async () => {
    const person = await awayFor(24);
    await night();
    assert.equal(server.received.length, 0);
    await setUpMail(db, server);
    await night();
    await night();
    const { email } = await seen(person);
    const mails = server.received.filter(({ to }) => to.includes(email));
    assert.equal(mails.length, 1);
    const [mail] = mails;
    const day = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    assert.match(mail?.text ?? '', new RegExp(day));
    assert.deepEqual((await audited(person)).at(-1)?.action, 'users.unused-warned');
    assert.equal((await seen(person)).status, 'active');
  });
});
