import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  changePassword,
  endOtherSessions,
  endOwnSession,
  endSessionOfUser,
  getSession,
  listOwnSessions,
  listSessionsOfUser,
  signIn,
  type SessionOfPerson,
} from '@samtal/contract/signin';
import { testAccount, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, cookieOf, request, testHttp } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { createLog } from '../../platform/log/index.ts';
import { changeInstallationSettings } from '../settings/index.ts';
import { deviceOf } from './device.ts';

const password = 'blå hästar äter 7 tulpaner';
const desktop = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const phone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';

describe('the sessions of a person', () => {
  let db: TestDatabase;
  let http: HttpServer;
  let accountId: string;
  const told: string[] = [];
  const lines: string[] = [];
  before(async () => {
    db = await createTestDatabase();
    http = testHttp(db, () => undefined, {
      sessionsEnded: (ids) => void told.push(...ids),
      log: createLog({
        level: 'debug',
        readable: false,
        destination: { write: (line: string) => void lines.push(line) },
      }),
    });
    accountId = await testAccount(db);
  });
  after(() => db.close());

  const signInWith = async ({ email }: TestPerson, agent: string, cookie = '') => {
    const headers = { 'user-agent': agent, cookie };
    return await request(http, signIn, { input: { body: { email, password } }, headers });
  };
  async function browser(person: TestPerson, agent = desktop): Promise<Browser> {
    const answer = await signInWith(person, agent);
    assert.equal(answer.statusCode, 201, answer.body);
    return new Browser(http, cookieOf(answer), answer.json<{ csrfToken: string }>().csrfToken);
  }
  const sessionsOf = async (from: Browser) =>
    (await from.call(listOwnSessions, {})).json<{ items: SessionOfPerson[] }>().items;
  const living = async (...browsers: Browser[]) =>
    await Promise.all(browsers.map(async (each) => await each.isSignedIn()));

  it('are listed with coarse words and times, and nothing of where they were begun', async () => {
    const person = await testUser(db, accountId, { password });
    const [here, there] = [await browser(person), await browser(person, phone)];
    const items = await sessionsOf(here);
    assert.deepEqual(
      items
        .map(({ device, browser: name, system, isCurrent }) => [device, name, system, isCurrent].join(' '))
        .toSorted(),
      ['mobile Safari iOS false', 'web Firefox Linux true'],
    );
    const { rows } = await db.asOwner<{ all: string }>(
      'select json_agg(session)::text as all from session where user_id = $1',
      [person.userId],
    );
    assert.doesNotMatch(rows[0]?.all ?? '', /192\.0\.2|Gecko|140\.0/);
    assert.deepEqual(await living(here, there), [true, true]);
  });

  it('end one by one or all but this, and nobody ends those of others', async () => {
    const [person, stranger] = [
      await testUser(db, accountId, { password }),
      await testUser(db, accountId, { password }),
    ];
    const [here, second, third] = [await browser(person), await browser(person), await browser(person)];
    const foreign = await browser(stranger);
    const [strange] = await sessionsOf(foreign);
    const end = async (sessionId = '') => await here.call(endOwnSession, { params: { sessionId } });
    assert.equal(codeOf(await end(strange?.id)), 'not-found');
    const [own] = (await sessionsOf(second)).filter(({ isCurrent }) => isCurrent);
    assert.equal((await end(own?.id)).statusCode, 204);
    assert.ok(told.includes(own?.id ?? ''));
    assert.deepEqual(await living(here, second, third, foreign), [true, false, true, true]);
    assert.equal((await here.call(endOtherSessions, {})).statusCode, 204);
    assert.deepEqual(await living(here, third, foreign), [true, false, true]);
  });

  it('are seen and ended by administrators of their own account, who do not hold less than the user', async () => {
    const person = await testUser(db, accountId, { password, roles: ['administrator'] });
    const theirs = await browser(person);
    const [session] = await sessionsOf(theirs);
    const one = { accountId, userId: person.userId, sessionId: session?.id ?? '' };
    const { roleId } = await manager();
    const weak = await browser(await testUser(db, accountId, { password, roles: [{ role: roleId }] }));
    assert.equal(codeOf(await weak.call(endSessionOfUser, { params: one })), 'access.exceeds-own');
    const agent = await browser(await testUser(db, accountId, { password, roles: ['agent'] }));
    const { sessionId: _, ...user } = one;
    assert.equal(codeOf(await agent.call(listSessionsOfUser, { params: user })), 'access.forbidden');
    const elsewhere = await testAccount(db, 'Elsewhere');
    const boss = await browser(await testUser(db, elsewhere, { password, roles: ['administrator'] }));
    const foreign = { ...one, accountId: elsewhere };
    assert.equal(codeOf(await boss.call(endSessionOfUser, { params: foreign })), 'not-found');
    const { sessionId: __, ...foreignUser } = foreign;
    assert.equal(codeOf(await boss.call(listSessionsOfUser, { params: foreignUser })), 'not-found');
    assert.deepEqual(await living(theirs), [true]);

    const admin = await browser(await testUser(db, accountId, { password, roles: ['administrator'] }));
    const listed = await admin.call(listSessionsOfUser, { params: user });
    assert.deepEqual(
      listed.json<{ items: SessionOfPerson[] }>().items.map(({ id, isCurrent }) => [id, isCurrent]),
      [[one.sessionId, false]],
    );
    assert.equal((await admin.call(endSessionOfUser, { params: one })).statusCode, 204);
    assert.deepEqual(await living(theirs), [false]);
    assert.ok(told.includes(one.sessionId));
  });

  /** A role of somebody who manages users and holds nothing else. */
  async function manager(): Promise<{ roleId: string }> {
    const { rows } = await db.asOwner<{ id: string }>(
      "insert into role (account_id, id, name) values ($1, gen_random_uuid(), 'Manager') returning id",
      [accountId],
    );
    const roleId = rows[0]?.id ?? '';
    for (const table of ['role_authorisation', 'role_allows'])
      await db.asOwner(
        `insert into ${table} (account_id, role_id, authorisation) values ($1, $2, 'users.manage')`,
        [accountId, roleId],
      );
    return { roleId };
  }

  it('attack 26: end with a changed password, all but the one that changed it', async () => {
    const person = await testUser(db, accountId, { password });
    const [here, there] = [await browser(person), await browser(person, phone)];
    const [session] = (await sessionsOf(there)).filter(({ isCurrent }) => isCurrent);
    await elevate(person);
    const body = { current: password, next: 'gröna berg i norr och söder' };
    assert.equal((await here.call(changePassword, { body })).statusCode, 204);
    assert.deepEqual(await living(here, there), [true, false]);
    assert.ok(told.includes(session?.id ?? ''));
  });
  const elevate = async ({ userId }: TestPerson) =>
    await db.asOwner(
      "update session set elevated_until = now() + interval '1 hour', elevated_by = 'password' where user_id = $1",
      [userId],
    );

  it('attack 27: a cookie that was there before signing in becomes no session, nor does an older session’s', async () => {
    const person = await testUser(db, accountId, { password });
    const planted = `__Host-samtal=${'A'.repeat(43)}`;
    const first = cookieOf(await signInWith(person, desktop, planted));
    const second = cookieOf(await signInWith(person, desktop, first));
    assert.equal(new Set([planted, first, second]).size, 3);
    const answer = await request(http, getSession, { headers: { cookie: planted } });
    assert.equal(codeOf(answer), 'signin.required');
  });

  it('attack 28: of twenty at once one lives, where an account allows one', async () => {
    await db.database.transaction('platform', (tx) =>
      changeInstallationSettings(tx, {
        set: { 'signin.attempts-before-wait': 20 },
        unset: [],
        reason: 'Twenty right passwords at once',
      }),
    );
    const account = await testAccount(db, 'One at a time');
    const person = await testUser(db, account, { password });
    await setSettings(db, account, { 'signin.connections': 'one-web-and-one-mobile' });
    const mobile = await browser(person, phone);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => await signInWith(person, desktop)),
    );
    assert.deepEqual(new Set(answers.map(({ statusCode }) => statusCode)), new Set([201]));
    const begun = answers.map((answer) => new Browser(http, cookieOf(answer), ''));
    assert.equal((await living(...begun)).filter(Boolean).length, 1);
    assert.deepEqual(await living(mobile), [true], 'one of each class');

    await setSettings(db, account, { 'signin.when-full': 'refuse' });
    assert.equal(codeOf(await signInWith(person, desktop)), 'signin.session-limit');
    assert.equal((await living(...begun)).filter(Boolean).length, 1);
    assert.deepEqual((await sessionsOf(mobile)).map(({ device }) => device).toSorted(), ['mobile', 'web']);
  });

  it('are limited by every account that the person works in together', async () => {
    const [first, second] = [await testAccount(db, 'First'), await testAccount(db, 'Second')];
    const person = await testUser(db, first, { password });
    await testUser(db, second, { email: person.email });
    await setSettings(db, first, { 'signin.connections': 'web-only' });
    await setSettings(db, second, { 'signin.connections': 'one-web-and-one-mobile' });
    assert.equal(codeOf(await signInWith(person, phone)), 'signin.mobile-blocked');
    const older = await browser(person);
    const newer = await browser(person);
    assert.deepEqual(await living(older, newer), [false, true]);
  });

  it('go on while they are used for as many hours more as the account says, and no longer', async () => {
    const account = await testAccount(db, 'Long shifts');
    const person = await testUser(db, account, { password });
    await setSettings(db, account, {
      'signin.session-life-hours': 10,
      'signin.session-extension-hours': 4,
    });
    const begun = async (hoursAgo: number) => {
      const made = await browser(person);
      await db.asOwner(
        `update session set created_at = now() - make_interval(hours => $2), used_at = now() where user_id = $1`,
        [person.userId, hoursAgo],
      );
      return made;
    };
    assert.deepEqual(await living(await begun(13)), [true]);
    assert.deepEqual(await living(await begun(14)), [false]);
    await setSettings(db, account, { 'signin.session-extension-hours': 0 });
    assert.deepEqual(await living(await begun(10)), [false]);
  });

  it('attack 31: stay out of answers, addresses and the log, and their cookie belongs to this host, HTTPS and no script alone', async () => {
    const answer = await signInWith(await testUser(db, accountId, { password }), desktop);
    const cookie = String(answer.headers['set-cookie']);
    assert.match(cookie, /^__Host-samtal=[\w-]{43};/);
    for (const flag of ['Path=/', 'Secure', 'HttpOnly', 'SameSite=Strict'])
      assert.ok(cookie.includes(flag), flag);
    assert.doesNotMatch(cookie, /Domain/i);
    const token = /__Host-samtal=([\w-]{43})/.exec(cookie)?.[1] ?? '';
    const { 'set-cookie': _, ...others } = answer.headers;
    assert.equal(token.length, 43);
    assert.equal(`${answer.body} ${JSON.stringify(others)}`.includes(token), false);
    // No address has it, and none is told to another page: a referrer could tell nothing of it.
    assert.equal(others['referrer-policy'], 'no-referrer');
    lines.length = 0;
    const person = new Browser(http, `__Host-samtal=${token}`, 'made-up');
    assert.equal((await person.call(getSession, {})).statusCode, 200);
    assert.equal(codeOf(await person.call(endOtherSessions, {})), 'request.csrf');
    const { csrfToken } = answer.json<{ csrfToken: string }>();
    assert.equal(
      (await new Browser(http, person.cookie, csrfToken).call(endOtherSessions, {})).statusCode,
      204,
    );
    const inAddress = await http.fastify.inject({
      url: `/api/v1/session/${token}?token=${token}`,
      headers: { cookie },
    });
    assert.equal(inAddress.statusCode, 404);
    assert.ok(!inAddress.body.includes(token));
    const log = lines.join('');
    assert.equal(log.match(/"event":"request"/g)?.length, 4, 'each is on a line of the log');
    for (const secret of [token, csrfToken]) assert.ok(!log.includes(secret), 'and its secrets on none');
  });

  it('are named after what browsers say, as far as that is known', () => {
    const named = (agent: string | undefined) => Object.values(deviceOf(agent)).join(' ');
    assert.equal(named(undefined), 'web  ');
    assert.equal(named('curl/8'), 'web  ');
    assert.equal(
      named(
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      ),
      'web Edge Windows',
    );
    assert.equal(
      named(
        'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
      ),
      'mobile Chrome Android',
    );
  });
});
