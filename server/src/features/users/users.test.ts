import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { giveRole as giveRoleEndpoint, listRoles, type Role } from '@samtal/contract/access';
import { getAccount } from '@samtal/contract/accounts';
import { acceptInvitation } from '@samtal/contract/signin';
import {
  changeUser,
  getUser,
  inviteUser,
  inviteUserAgain,
  listUsers,
  removeUser,
  type Invitation,
  type User,
} from '@samtal/contract/users';
import { testAccount, testUnit, testUser, type TestPerson } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { Browser, codeOf, request, testHttp } from '../../../test/requests.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { createRole } from '../access/create-role.ts';
import { accessRoutes } from '../access/routes.ts';
import { accountsRoutes } from '../accounts/routes.ts';
import { usersRoutes } from './routes.ts';

const password = 'blå hästar äter 7 tulpaner';
const left: string[] = [];
let db: TestDatabase;
let http: HttpServer;
let accountId: string;
let administrator: Browser;
let administratorPerson: TestPerson;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db, (served) => {
    accessRoutes(served, db);
    accountsRoutes(served, db);
    usersRoutes(served, {
      database: db.database,
      beforeLeaving: async (_tx, _accountId, userId) => void left.push(userId),
    });
  });
  accountId = await testAccount(db);
  administratorPerson = await testUser(db, accountId, {
    password,
    name: 'Å Administrator',
    roles: ['administrator'],
  });
  administrator = await Browser.signIn(http, administratorPerson);
});
after(() => db.close());

const one = (userId: string) => ({ params: { accountId, userId } });

test('attack 47: invites a person by a link without a host, whatever a request says of it, who appears as invited, accepts, and is let in', async () => {
  const body = { email: 'New.Person@example.org', name: 'New Person', maxConversations: 7 };
  const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', host: 'evil.example' };
  const answer = await administrator.call(inviteUser, { params: { accountId }, body }, forged);
  assert.equal(answer.statusCode, 201);
  assert.doesNotMatch(`${answer.body} ${JSON.stringify(answer.headers)}`, /evil/);
  const { user, link } = answer.json<Invitation>();
  assert.deepEqual(
    [user.status, user.maxConversations, user.lastSignInAt, user.roles],
    ['invited', 7, null, []],
  );
  assert.match(link, /^\/invitation#[\w-]{43}$/);
  const token = link.split('#')[1] ?? '';
  await request(http, acceptInvitation, { input: { body: { token, name: 'My Own Name', password } } });
  const person = await Browser.signIn(http, { userId: user.id, email: user.email.toLowerCase(), password });
  assert.equal((await person.call(getAccount, { params: { accountId } })).statusCode, 200);
  const seen = (await administrator.call(getUser, one(user.id))).json<User>();
  assert.deepEqual([seen.status, seen.name], ['active', 'My Own Name']);
  assert.notEqual(seen.lastSignInAt, null);
});

test('attack 24, 37: answers alike whether or not another account knows the address', async () => {
  const other = await testAccount(db, 'Other');
  const known = await testUser(db, other, { password });
  const invite = async (email: string) => {
    const answer = await administrator.call(inviteUser, {
      params: { accountId },
      body: { email, name: 'N' },
    });
    const { user, expiresAt, link } = answer.json<Invitation>();
    const shape = { ...user, id: 'id', email: 'email', createdAt: 'then' };
    return { status: answer.statusCode, shape, expires: Date.parse(expiresAt) > 0, linkLength: link.length };
  };
  assert.deepEqual(await invite(known.email), await invite('never-seen@example.org'));
});

test('refuses to invite somebody twice, in whatever case the address is written', async () => {
  const body = { email: administratorPerson.email.toUpperCase(), name: 'Again' };
  assert.equal(
    codeOf(await administrator.call(inviteUser, { params: { accountId }, body })),
    'users.already-member',
  );
});

test('replaces an invitation, but not one that was accepted', async () => {
  const invited = await administrator.call(inviteUser, {
    params: { accountId },
    body: { email: 'slow@example.org', name: 'Slow' },
  });
  const { user, link } = invited.json<Invitation>();
  const again = await administrator.call(inviteUserAgain, one(user.id));
  assert.equal(again.statusCode, 201);
  assert.notEqual(again.json<Invitation>().link, link);
  assert.equal(
    codeOf(await administrator.call(inviteUserAgain, one(administratorPerson.userId))),
    'users.already-accepted',
  );
});

test('lists users by name in pages without gaps or doubles, and finds them by name or address', async () => {
  const account = await testAccount(db, 'Pages');
  const boss = await testUser(db, account, { password, name: 'Boss 100%', roles: ['administrator'] });
  for (let at = 0; at < 7; at += 1)
    await testUser(db, account, { name: `Same Name`, email: `same-${at}@example.org` });
  const browser = await Browser.signIn(http, boss);
  const seen: User[] = [];
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } = cursor === null ? { limit: 3 } : { limit: 3, cursor };
    const answer = await browser.call(listUsers, { params: { accountId: account }, query });
    const page = answer.json<{ items: User[]; next: string | null }>();
    seen.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  assert.equal(seen.length, 8);
  assert.equal(new Set(seen.map(({ id }) => id)).size, 8);
  assert.deepEqual(
    seen.map(({ name }) => name),
    seen.map(({ name }) => name).toSorted(),
  );
  const named = seen.find(({ id }) => id === boss.userId)?.roles.map(({ name, builtIn }) => [name, builtIn]);
  assert.deepEqual(
    named,
    [['Account administrator', 'administrator']],
    'so that it can be said in any language',
  );
  const find = async (search: string) =>
    (await browser.call(listUsers, { params: { accountId: account }, query: { search } })).json<{
      items: User[];
    }>().items;
  assert.equal((await find('SAME-3@')).length, 1);
  assert.equal((await find('%')).length, 1, 'signs of patterns stand for themselves');
  assert.equal((await find('_')).length, 0);
});

test('refuses cursors that it did not give out', async () => {
  for (const cursor of [
    'x',
    '!!',
    Buffer.from('["a","not an id"]').toString('base64url'),
    Buffer.from('[1,2]').toString('base64url'),
  ]) {
    const answer = await administrator.call(listUsers, { params: { accountId }, query: { cursor } });
    assert.equal(codeOf(answer), 'request.invalid');
  }
});

test('switches a user off and on: the session stays, the account is out of reach', async () => {
  const user = await testUser(db, accountId, { password });
  const person = await Browser.signIn(http, user);
  await administrator.call(changeUser, { ...one(user.userId), body: { status: 'inactive' } });
  assert.deepEqual(left, [user.userId]);
  assert.equal(codeOf(await person.call(getAccount, { params: { accountId } })), 'not-found');
  await administrator.call(changeUser, { ...one(user.userId), body: { status: 'active', name: 'Back' } });
  assert.equal((await person.call(getAccount, { params: { accountId } })).statusCode, 200);
});

test('does not let anybody be made active but by accepting', async () => {
  const invited = await administrator.call(inviteUser, {
    params: { accountId },
    body: { email: 'reluctant@example.org', name: 'Reluctant' },
  });
  const { user } = invited.json<Invitation>();
  for (const status of ['active', 'inactive'] as const) {
    const answer = await administrator.call(changeUser, { ...one(user.id), body: { status } });
    assert.equal(codeOf(answer), 'request.invalid');
  }
});

test('removes a user with every role, and knows them no more', async () => {
  const user = await testUser(db, accountId, { password, roles: ['agent'] });
  const person = await Browser.signIn(http, user);
  assert.equal((await administrator.call(removeUser, one(user.userId))).statusCode, 204);
  assert.ok(left.includes(user.userId));
  assert.equal(codeOf(await person.call(getAccount, { params: { accountId } })), 'signin.required');
  assert.equal(codeOf(await administrator.call(removeUser, one(user.userId))), 'not-found');
  assert.equal((await db.asOwner('select from role_grant where user_id = $1', [user.userId])).rowCount, 0);
});

test('keeps the last administrator from being switched off or removed', async () => {
  const account = await testAccount(db, 'One administrator');
  const boss = await testUser(db, account, { password, roles: ['administrator'] });
  await testUser(db, account, { roles: ['agent'] });
  const browser = await Browser.signIn(http, boss);
  const params = { accountId: account, userId: boss.userId };
  const off = await browser.call(changeUser, { params, body: { status: 'inactive' } });
  assert.equal(codeOf(off), 'access.last-administrator');
  assert.equal(codeOf(await browser.call(removeUser, { params })), 'access.last-administrator');
  assert.equal((await browser.call(changeUser, { params, body: { name: 'Still Here' } })).statusCode, 200);
});

test('lets nobody decide over a user who holds more', async () => {
  const roleId = await db.database.transaction(accountId, (tx) =>
    createRole(tx, accountId, {
      giver: 'operator',
      fields: { name: 'Reception', authorisations: ['users.read', 'users.manage'], roles: [] },
    }),
  );
  const receptionist = await Browser.signIn(
    http,
    await testUser(db, accountId, { password, roles: [{ role: roleId }] }),
  );
  const agent = await testUser(db, accountId, { roles: ['agent'] });
  const nobody = await testUser(db, accountId);
  for (const userId of [agent.userId, administratorPerson.userId]) {
    const change = await receptionist.call(changeUser, { ...one(userId), body: { status: 'inactive' } });
    assert.equal(codeOf(change), 'access.exceeds-own');
    assert.equal(codeOf(await receptionist.call(removeUser, one(userId))), 'access.exceeds-own');
  }
  assert.equal(
    (await receptionist.call(changeUser, { ...one(nobody.userId), body: { name: 'N' } })).statusCode,
    200,
  );
  // An invitation is worth what has been given to the user already.
  const invited = await administrator.call(inviteUser, {
    params: { accountId },
    body: { email: 'future-agent@example.org', name: 'F' },
  });
  const { user } = invited.json<Invitation>();
  const roles = (await administrator.call(listRoles, { params: { accountId } })).json<{ items: Role[] }>()
    .items;
  const agentRole = roles.find(({ builtIn }) => builtIn === 'agent')?.id ?? '';
  const body = { userId: user.id, roleId: agentRole, scope: {} };
  assert.equal((await administrator.call(giveRoleEndpoint, { params: { accountId }, body })).statusCode, 201);
  assert.equal(codeOf(await receptionist.call(inviteUserAgain, one(user.id))), 'access.exceeds-own');
});

test('refuses a user manager whose role is scoped: users belong to the whole account', async () => {
  const { email, userId } = await testUser(db, accountId, {
    password,
    roles: [{ role: 'administrator', scope: { unit: [await testUnit(db, accountId, 'NORTH')] } }],
  });
  const scoped = await Browser.signIn(http, { email, userId, password });
  assert.equal(codeOf(await scoped.call(listUsers, { params: { accountId } })), 'access.forbidden');
});

test('refuses an agent who manages users, and an administrator of another account', async () => {
  const agent = await Browser.signIn(http, await testUser(db, accountId, { password, roles: ['agent'] }));
  assert.equal(codeOf(await agent.call(removeUser, one(administratorPerson.userId))), 'access.forbidden');
  const other = await testAccount(db, 'Another');
  const foreign = await Browser.signIn(
    http,
    await testUser(db, other, { password, roles: ['administrator'] }),
  );
  assert.equal(codeOf(await foreign.call(listUsers, { params: { accountId } })), 'not-found');
  // His own account’s path does not help to reach a user of this one.
  const params = { accountId: other, userId: administratorPerson.userId };
  assert.equal(codeOf(await foreign.call(getUser, { params })), 'not-found');
  assert.equal(codeOf(await foreign.call(removeUser, { params })), 'not-found');
});
