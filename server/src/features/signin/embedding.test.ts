import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { endpoints } from '@samtal/contract';
import { authorisationNames, framedAuthorisations } from '@samtal/contract/access';
import { getAccount } from '@samtal/contract/accounts';
import { refusals, type ErrorCode } from '@samtal/contract/errors';
import type { Endpoint } from '@samtal/contract/endpoint';
import { changeSettings, getSettings, settings } from '@samtal/contract/settings';
import {
  elevate,
  embeddedHeader,
  getSession,
  renewRecoveryCodes,
  signIn,
  signOut,
  type Session,
} from '@samtal/contract/signin';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { inFrame, makeAccount, makePerson } from '../../../test/callers.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { TestSocket } from '../../../test/socket.ts';
import { codeOf, request, testHttp, testPublicUrl } from '../../../test/requests.ts';
import { setSettings } from '../../../test/settings.ts';
import { compileExact, type HttpServer } from '../../platform/http/index.ts';
import { accountsRoutes } from '../accounts/routes.ts';

const password = 'blå hästar äter 7 tulpaner';
const origins = ['https://crm.example.org'];
let db: TestDatabase;
let http: HttpServer;
let accountId: string;
let otherId: string;
let email: string;
before(async () => {
  db = await createTestDatabase();
  http = testHttp(db, (served) => accountsRoutes(served, db));
  accountId = await testAccount(db);
  otherId = await testAccount(db, 'Other');
  ({ email } = await testUser(db, accountId, { password, roles: ['administrator'] }));
  // The same person elsewhere.
  await db.asOwner(
    `insert into membership (account_id, user_id, email, name, status)
     select $2, user_id, email, name, 'active' from membership where account_id = $1`,
    [accountId, otherId],
  );
  for (const id of [accountId, otherId]) await setSettings(db, id, { 'embedding.origins': origins });
});
after(() => db.close());

const framed = (id = accountId) => ({ [embeddedHeader]: id });

async function comeIn(headers: Record<string, string>) {
  return await request(http, signIn, { input: { body: { email, password } }, headers });
}

function cookieOf(answer: Awaited<ReturnType<typeof comeIn>>, name: string): string {
  const cookies = [answer.headers['set-cookie']].flat().map(String);
  return cookies.find((each) => each.startsWith(`${name}=`)) ?? '';
}

async function begin() {
  const answer = await comeIn(framed());
  assert.equal(answer.statusCode, 201, answer.body);
  const cookie = cookieOf(answer, '__Host-samtal-embedded').split(';')[0] ?? '';
  return { cookie, session: answer.json<Session>(), token: cookie.split('=')[1] ?? '' };
}

const ask = async (headers: Record<string, string>) =>
  (await request(http, getSession, { headers })).statusCode;

test('gives a frame a cookie that only this page in that page has, and that reaches the account alone', async () => {
  const answer = await comeIn(framed());
  assert.match(
    cookieOf(answer, '__Host-samtal-embedded'),
    /^__Host-samtal-embedded=[\w-]{43}; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/,
  );
  assert.equal(cookieOf(answer, '__Host-samtal'), '');
  for (const other of [answer.headers['set-cookie']].flat().map(String)) assert.match(other, /Partitioned/);
  assert.deepEqual(
    answer.json<Session>().accounts.map(({ id }) => id),
    [accountId],
  );
  const plain = await comeIn({});
  assert.match(cookieOf(plain, '__Host-samtal'), /SameSite=Strict$/);
  assert.equal(plain.json<Session>().accounts.length, 2);
});

test('attack 50: takes a session of a frame in frames of its account alone, and no other session there', async () => {
  const { cookie, token, session } = await begin();
  assert.equal(await ask({ cookie, ...framed() }), 200);
  assert.equal(await ask({ cookie }), 401, 'not without a frame');
  assert.equal(await ask({ cookie: `__Host-samtal=${token}` }), 401, 'nor under the other name');
  assert.equal(await ask({ cookie, ...framed(otherId) }), 401, 'nor in another account’s frame');
  const plain = cookieOf(await comeIn({}), '__Host-samtal').split(';')[0] ?? '';
  assert.equal(await ask({ cookie: plain }), 200);
  assert.equal(await ask({ cookie: plain, ...framed() }), 401, 'a frame has no session of a window');
  const moved = plain.replace('__Host-samtal=', '__Host-samtal-embedded=');
  assert.equal(await ask({ cookie: moved, ...framed() }), 401);
  const elsewhere = await request(http, getAccount, {
    input: { params: { accountId: otherId } },
    headers: { cookie, ...framed() },
  });
  assert.equal(elsewhere.statusCode, 404);
  assert.equal(session.accounts.length, 1);
});

test('changes nothing for a frame that does not send the token of its page', async () => {
  const { cookie, session } = await begin();
  const out = async (headers: Record<string, string>) =>
    await request(http, signOut, { headers: { cookie, ...framed(), ...headers } });
  assert.equal(codeOf(await out({ 'x-csrf-token': '' })), 'request.csrf');
  const { csrfToken } = session;
  assert.equal(codeOf(await out({ 'x-csrf-token': csrfToken, origin: origins[0] ?? '' })), 'request.origin');
  const left = await out({ 'x-csrf-token': csrfToken, origin: testPublicUrl.origin });
  assert.equal(left.statusCode, 204, left.body);
  assert.match(cookieOf(left, '__Host-samtal-embedded'), /Max-Age=0.*Partitioned/);
  assert.equal(await ask({ cookie, ...framed() }), 401);
});

test('attack 50: does nothing sensitive in a frame, and elevates no session there', async () => {
  const { cookie, session } = await begin();
  const headers = {
    cookie,
    ...framed(),
    'x-csrf-token': session.csrfToken,
    origin: testPublicUrl.origin,
  };
  const elevation = await request(http, elevate, {
    input: { body: { kind: 'password', password } },
    headers,
  });
  assert.equal(codeOf(elevation), 'signin.embedded');
  await db.asOwner(
    "update session set elevated_until = now() + interval '1 hour', elevated_by = 'totp' where embedded_in = $1",
    [accountId],
  );
  assert.equal(codeOf(await request(http, renewRecoveryCodes, { headers })), 'signin.embedded');
});

test('lets nobody in by a frame, and ends what was begun there, where the account names no page any more', async () => {
  const { cookie } = await begin();
  await setSettings(db, accountId, { 'embedding.origins': [] });
  assert.equal(await ask({ cookie, ...framed() }), 401);
  assert.equal(codeOf(await comeIn(framed())), 'signin.embedding-off');
  await setSettings(db, accountId, { 'embedding.origins': origins });
  assert.equal(codeOf(await comeIn(framed('00000000-0000-4000-8000-000000000000'))), 'signin.embedding-off');
  const nonsense = await comeIn({ [embeddedHeader]: 'nobody' });
  assert.match(cookieOf(nonsense, '__Host-samtal'), /SameSite=Strict$/, 'what is no account is no frame');
});

/** An id for each that the path names; what it is of does not matter to whoever is not let that far. */
function pathOf({ path }: Endpoint, id: string): Record<string, string> {
  const named: Record<string, string> = {
    accountId: id,
    kind: 'site',
    version: '1',
    authorisation: 'users.read',
    subject: 'queues',
  };
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(names.map((name) => [name, named[name] ?? randomUUID()]));
}

test('attack 50: does the work of agents in a frame, and nothing by which an account is administered', async (t) => {
  const node: TestNode = await startTestNode(db);
  t.after(() => node.stop());
  const account = await makeAccount(db, { origin: node.url.origin });
  await setSettings(db, account.id, { 'embedding.origins': origins });
  const window = await makePerson(db, account, { url: node.url, roles: [] });
  const roleId = randomUUID();
  await db.asOwner("insert into role (account_id, id, name) values ($1, $2, 'Everything')", [
    account.id,
    roleId,
  ]);
  for (const table of ['role_authorisation', 'role_allows']) {
    await db.asOwner(
      `insert into ${table} (account_id, role_id, authorisation) select $1, $2, unnest($3::text[])`,
      [account.id, roleId, authorisationNames],
    );
  }
  await db.asOwner(
    `insert into role_grant (account_id, id, user_id, role_id, scope) values ($1, gen_random_uuid(), $2, $3, '{}')`,
    [account.id, window.userId, roleId],
  );
  const frame = await inFrame(db, window);
  const done: string[] = [];
  for (const endpoint of endpoints) {
    const { access, id } = endpoint;
    if (typeof access !== 'object') continue;
    const answer = await frame.try(endpoint, { params: pathOf(endpoint, account.id) });
    // By its words: SCIM has no place for the code.
    const isFor = (code: ErrorCode) => JSON.stringify(answer.body ?? {}).includes(refusals[code].title);
    for (const code of ['access.forbidden', 'signin.required', 'internal'] as const)
      assert.ok(!isFor(code), `${id}: ${code}`);
    if (!isFor('signin.embedded')) done.push(id);
    else assert.ok(!framedAuthorisations.some((each) => each === access.holding), id);
  }
  assert.deepEqual(done.toSorted(), [
    'conversations.acceptConversation',
    'conversations.declineConversation',
    'conversations.findConversations',
    'conversations.listMyConversations',
    'conversations.listWaitingConversations',
    'conversations.takeConversation',
    'mail.forwardConversation',
    'routing.listPresence',
    'routing.listQueues',
    'routing.setPresence',
    'search.searchTranscripts',
    'statistics.readOwnFigures',
    'visitors.findByAttributes',
  ]);

  // The same in a window is not refused for where it is.
  const elsewhere = await window.try(getSettings, { params: { accountId: account.id } });
  assert.equal(elsewhere.status, 200);
});

test('attack 50: closes the sockets of frames where the account names no page any more, and no others', async (t) => {
  const node: TestNode = await startTestNode(db);
  t.after(() => node.stop());
  const account = await makeAccount(db, { origin: node.url.origin });
  await setSettings(db, account.id, { 'embedding.origins': origins });
  const admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
  const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
  const framed = await TestSocket.asAgent(await inFrame(db, agent));
  const window = await TestSocket.asAgent(agent);
  const params = { accountId: account.id };
  const { version } = await admin.call(getSettings, { params });
  await admin.call(changeSettings, {
    params,
    body: { channelId: null, version, set: { 'embedding.origins': [] }, unset: [], reason: '' },
  });
  assert.equal(await framed.closed(2_000), 1008);
  assert.ok(framed.frames.some((frame) => frame.t === 'bye' && frame.code === 'signin.required'));
  assert.equal(window.closeCode, null);
  window.close();
});

test('takes origins of pages as browsers write them, and no wildcard', () => {
  const fits = compileExact(settings['embedding.origins'].schema);
  for (const good of ['https://crm.example.org', 'https://crm.example.org:8443', 'https://localhost:9000'])
    assert.ok(fits([good]), good);
  for (const bad of [
    'http://crm.example.org',
    'https://*.example.org',
    'https://*',
    '*',
    'https:',
    "'self'",
    'https://crm.example.org/',
    'https://crm.example.org/path',
    'https://crm.example.org:443',
    'https://Crm.example.org',
    'https://user@crm.example.org',
    'https://crm.example.org; script-src *',
    'https://crm.example.org https://evil.example',
    'https://crm.example.org\n',
    'data:',
    'null',
    '',
  ])
    assert.ok(!fits([bad]), bad);
});
