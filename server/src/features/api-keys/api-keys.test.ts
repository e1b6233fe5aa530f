import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  createRole,
  giveRole,
  listRoles,
  withdrawRole,
  listGrants,
  deleteRole,
} from '@samtal/contract/access';
import {
  createApiKey,
  issueToken,
  listApiKeys,
  revokeApiKey,
  rotateApiKey,
  type ApiKey,
} from '@samtal/contract/api-keys';
import { createCannedReply, listCannedReplies } from '@samtal/contract/canned-replies';
import { findConversations, readEntries, takeConversation } from '@samtal/contract/conversations';
import type { Endpoint } from '@samtal/contract/endpoint';
import { getSession } from '@samtal/contract/signin';
import { changeUser, listUsers, removeUser } from '@samtal/contract/users';
import { startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeProgram,
  makeVisitor,
  Program,
  request,
  type Answer,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { testUnit } from '../../../test/accounts.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { writeKey, writeToken } from './key-form.ts';

const inAnHour = () => new Date(Date.now() + 60 * 60_000).toISOString();

describe('API keys', () => {
  const { log, lines } = keptLog();
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  /** Administers; reads no conversations. */
  let admin: Person;
  /** May make keys, and read and direct conversations as a supervisor. */
  let owner: Person;
  const roles = new Map<string, string>();
  let params: { accountId: string };

  before(async () => {
    db = await createTestDatabase();
    // Its addresses are what a proxy says, so that requests can come from several networks.
    node = await startTestNode(db, { log, trustedProxies: ['127.0.0.0/8'] });
    account = await makeAccount(db, { origin: node.url.origin });
    params = { accountId: account.id };
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const maker = await admin.call(createRole, {
      params,
      body: { name: 'Key maker', authorisations: ['api-keys.manage'], roles: [] },
    });
    roles.set('maker', maker.id);
    for (const { builtIn, id } of (await admin.call(listRoles, { params })).items)
      if (builtIn !== null) roles.set(builtIn, id);
    owner = await makeOwner();
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(async () => {
    await setSettings(db, account.id, {
      'api.authentication': 'key',
      'api.networks': [],
      'api.key-days': 365,
    });
  });

  const role = (name: string) => roles.get(name) ?? assert.fail(name);
  const everywhere = (name: string) => ({ roleId: role(name), scope: {} });

  async function makeOwner(): Promise<Person> {
    const person = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    const body = { userId: person.userId, roleId: role('maker'), scope: {}, reason: 'A test' };
    await admin.call(giveRole, { params, body });
    return person;
  }

  async function converse(): Promise<string> {
    const visitor = await makeVisitor(db, account, node.url);
    const body = { cid: randomUUID(), text: 'Hello' };
    return (await visitor.call(startConversation, { body })).id;
  }

  async function auditOf(action: string): Promise<{ actor: unknown; subject: unknown; details?: unknown }[]> {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from (select account_id, at, body from audit_outbox union all select account_id, at, body from audit_entry) each
       where account_id = $1 and body::jsonb ->> 'action' = $2 order by at`,
      [account.id, action],
    );
    return rows.map(({ body }) => JSON.parse(body) as { actor: unknown; subject: unknown });
  }

  async function listed(keyId: string): Promise<ApiKey> {
    const { items } = await owner.call(listApiKeys, { params });
    return items.find(({ id }) => id === keyId) ?? assert.fail('The key is not listed');
  }

  it('shows a key once, in a form that scanners know, and keeps only its hash', async () => {
    const { key, secret } = await owner.call(createApiKey, {
      params,
      body: { name: 'Case system', purpose: 'Fetches closed cases', grants: [everywhere('supervisor')] },
    });
    assert.match(secret, /^samtal_[0-9a-f]{32}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}$/);
    assert.equal(key.state, 'active');
    assert.equal(key.ownerId, owner.userId);
    assert.equal(key.lastUsedOn, null);
    const days = (Date.parse(key.expiresAt) - Date.now()) / 86_400_000;
    assert.ok(days > 364.9 && days <= 365, `365 days unless somebody chooses: ${days}`);
    const program = new Program(node.url, secret);
    assert.equal((await program.try(listCannedReplies, { params })).status, 200);
    const middle = secret.slice(40, 83);
    const { rows } = await db.asOwner<{ all: string }>(
      `select (select json_agg(k) from api_key k)::text || (select json_agg(s) from api_key_secret s)::text ||
        (select coalesce(json_agg(a)::text, '') from audit_entry a) || (select coalesce(json_agg(o)::text, '') from audit_outbox o) as all`,
    );
    assert.ok(!rows[0]?.all.includes(middle), 'not in the database');
    assert.ok(!lines.join('').includes(middle), 'not in the log');
    assert.equal((await listed(key.id)).lastUsedOn, new Date().toISOString().slice(0, 10));
    assert.deepEqual(await auditOf('api-keys.created').then((all) => all.at(-1)?.subject), {
      kind: 'api-key',
      id: key.id,
    });
  });

  it('attack 45: does what its roles allow, where they hold, and records it as its own doing', async () => {
    const conversationId = await converse();
    const wide = await makeProgram(owner, [everywhere('supervisor')]);
    const read = await wide.call(readEntries, { params: { ...params, conversationId }, query: {} });
    assert.equal(read.entries.length > 0, true);
    const [entry] = (await auditOf('conversations.transcript-read')).slice(-1);
    assert.deepEqual(entry?.actor, { kind: 'api-key', id: wide.keyId });
    const elsewhere = {
      roleId: role('supervisor'),
      scope: { queue: [account.queueId], unit: [await testUnit(db, account.id, 'NORTH')] },
    };
    const narrow = await makeProgram(owner, [elsewhere]);
    const { items } = await narrow.call(findConversations, { params, query: {} });
    assert.deepEqual(items, [], 'nothing lies in its scope');
    refused(await narrow.try(readEntries, { params: { ...params, conversationId } }), 404, 'not-found');
    const agent = await makeProgram(owner, [everywhere('agent')]);
    const answer = await agent.try(findConversations, { params });
    refused(answer, 403, 'access.forbidden');
    assert.match(
      answer.headers.get('www-authenticate') ?? '',
      /^Bearer realm="samtal", error="insufficient_scope", scope="conversations\.find"$/,
    );
  });

  it('writes without a token against forgery, and the history says which key it was', async () => {
    const program = await makeProgram(owner, [everywhere('supervisor')]);
    const body = { shortcut: `s${randomBytes(3).toString('hex')}`, text: 'Text' };
    await program.call(createCannedReply, { params, body });
    const [entry] = (await auditOf('canned-replies.created')).slice(-1);
    assert.deepEqual(entry?.actor, { kind: 'api-key', id: program.keyId });
    const { rows } = await db.asOwner<{ changed_by: string }>(
      "select changed_by from configuration_version where kind = 'canned-reply' order by changed_at desc limit 1",
    );
    assert.equal(rows[0]?.changed_by, program.keyId);
  });

  it('attack 45: refuses what is wrong, foreign, ended or revoked, and says no more', async () => {
    const key = await makeProgram(owner, [everywhere('supervisor')]);
    const secret = randomBytes(32).toString('base64url');
    const wrong = [
      writeKey(key.keyId, secret),
      writeKey(randomUUID(), secret),
      writeToken(secret),
      `${key.bearer.slice(0, -1)}${key.bearer.endsWith('0') ? '1' : '0'}`,
      key.bearer.slice(0, -9),
      key.bearer.toUpperCase(),
      'samtal_',
      'x',
    ];
    for (const bearer of wrong) {
      const answer = await new Program(node.url, bearer).try(findConversations, { params });
      refused(answer, 401, 'api-keys.refused');
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="samtal", error="invalid_token"');
    }
    const other = await makeAccount(db, { origin: node.url.origin });
    const foreign = { params: { accountId: other.id } };
    refused(await key.try(findConversations, foreign), 404, 'not-found');

    await db.asOwner("update api_key set expires_at = now() - interval '1 second' where id = $1", [
      key.keyId,
    ]);
    refused(await key.try(findConversations, { params }), 401, 'api-keys.refused');
    assert.equal((await listed(key.keyId)).state, 'expired');
    const before = (await auditOf('api-keys.refused')).length;
    await key.try(findConversations, { params });
    const refusals = await auditOf('api-keys.refused');
    assert.equal(refusals.length, before, 'recorded once an hour');
    assert.deepEqual(refusals.at(-1)?.actor, { kind: 'api-key', id: key.keyId });

    const revoked = await makeProgram(owner, [everywhere('supervisor')]);
    await admin.call(revokeApiKey, { params: { ...params, keyId: revoked.keyId } });
    refused(await revoked.try(findConversations, { params }), 401, 'api-keys.refused');
    assert.equal((await listed(revoked.keyId)).state, 'revoked');
  });

  it('attack 45: dies with its owner, whether inactive or removed, and with the account', async () => {
    const leaver = await makeOwner();
    const key = await makeProgram(leaver, [everywhere('supervisor')]);
    const user = { ...params, userId: leaver.userId };
    await admin.call(changeUser, { params: user, body: { status: 'inactive' } });
    refused(await key.try(findConversations, { params }), 401, 'api-keys.refused');
    assert.equal((await listed(key.keyId)).state, 'owner-away');
    await admin.call(changeUser, { params: user, body: { status: 'active' } });
    assert.equal((await key.try(findConversations, { params })).status, 200);
    await db.asOwner("update account set status = 'suspended' where id = $1", [account.id]);
    refused(await key.try(findConversations, { params }), 401, 'api-keys.refused');
    await db.asOwner("update account set status = 'active' where id = $1", [account.id]);
    await admin.call(removeUser, { params: user });
    refused(await key.try(findConversations, { params }), 401, 'api-keys.refused');
    const { state, ownerId } = await listed(key.keyId);
    assert.deepEqual({ state, ownerId }, { state: 'owner-away', ownerId: null });
  });

  it('gives a key nothing that its maker does not hold, whatever he may entrust others with', async () => {
    const body = { name: 'Too much', purpose: 'A test', grants: [everywhere('supervisor')] };
    refused(await admin.try(createApiKey, { params, body }), 403, 'access.exceeds-own');
    const wider = { ...body, grants: [everywhere('agent'), everywhere('administrator')] };
    refused(await owner.try(createApiKey, { params, body: wider }), 403, 'access.exceeds-own');
    const unknown = { ...body, grants: [{ roleId: randomUUID(), scope: {} }] };
    refused(await owner.try(createApiKey, { params, body: unknown }), 404, 'not-found');
    const nowhere = { ...body, grants: [{ roleId: role('agent'), scope: { queue: [randomUUID()] } }] };
    refused(await owner.try(createApiKey, { params, body: nowhere }), 404, 'not-found');
  });

  it('does not let an administrator give himself more through a key of his', async () => {
    const key = await makeProgram(admin, [everywhere('administrator')]);
    const mine = { userId: admin.userId, roleId: role('supervisor'), scope: {}, reason: 'A test' };
    refused(await key.try(giveRole, { params, body: mine }), 403, 'access.exceeds-own');
    const other = await makePerson(db, account, { url: node.url, roles: [] });
    const theirs = { ...mine, userId: other.userId };
    assert.equal((await key.try(giveRole, { params, body: theirs })).status, 201);
  });

  it('attack 26, 43: loses with its owner what its owner loses, from the next request on', async () => {
    const person = await makeOwner();
    const key = await makeProgram(person, [everywhere('supervisor')]);
    assert.equal((await key.try(findConversations, { params })).status, 200);
    const { items } = await admin.call(listGrants, { params, query: { userId: person.userId } });
    const grant = items.find(({ roleId }) => roleId === role('supervisor')) ?? assert.fail();
    await admin.call(withdrawRole, { params: { ...params, grantId: grant.id } });
    refused(await key.try(findConversations, { params }), 403, 'access.forbidden');
    assert.equal((await key.try(listCannedReplies, { params })).status, 200, 'it is a member still');
  });

  it('keeps a role from being deleted while a key has it, and no longer', async () => {
    const own = await admin.call(createRole, {
      params,
      body: { name: 'For a key', authorisations: ['sites.read'], roles: [] },
    });
    const key = await makeProgram(admin, [{ roleId: own.id, scope: {} }]);
    const path = { ...params, roleId: own.id };
    refused(await admin.try(deleteRole, { params: path }), 409, 'access.role-in-use');
    await admin.call(revokeApiKey, { params: { ...params, keyId: key.keyId } });
    assert.equal((await admin.try(deleteRole, { params: path })).status, 204);
  });

  it('lets nobody do with a key what is a person’s own', async () => {
    const key = await makeProgram(owner, [everywhere('supervisor'), everywhere('maker')]);
    const conversationId = await converse();
    const calls: readonly (readonly [Endpoint, object])[] = [
      [getSession, {}],
      [takeConversation, { params: { ...params, conversationId } }],
      [createApiKey, { params, body: { name: 'Child', purpose: 'x', grants: [everywhere('agent')] } }],
      [rotateApiKey, { params: { ...params, keyId: key.keyId }, body: { oldEndsAt: null } }],
      [revokeApiKey, { params: { ...params, keyId: key.keyId } }],
    ];
    for (const [endpoint, input] of calls)
      refused(await key.try(endpoint, input), 403, 'access.not-for-keys');
    assert.equal((await key.try(listApiKeys, { params })).status, 200);
  });

  it('refuses a request that carries a session as well, and asks for either where there is none', async () => {
    const key = await makeProgram(owner, [everywhere('supervisor')]);
    const both = await key.try(findConversations, { params }, { cookie: owner.cookie });
    refused(both, 400, 'request.two-credentials');
    assert.equal(both.headers.get('www-authenticate'), 'Bearer realm="samtal", error="invalid_request"');
    const none = await request(node.url, findConversations, { params });
    refused(none, 401, 'signin.required');
    assert.equal(none.headers.get('www-authenticate'), 'Bearer realm="samtal"');
    const behindProxy = await owner.try(
      findConversations,
      { params, query: {} },
      { authorization: 'Basic eDp5' },
    );
    assert.equal(behindProxy.status, 200, 'what a proxy asks for is no key');
  });

  it('gives a new secret and lets the old one go on as long as its owner says, never three', async () => {
    const first = await makeProgram(owner, [everywhere('supervisor')]);
    const path = { ...params, keyId: first.keyId };
    const works = async (program: Program) =>
      (await program.try(findConversations, { params })).status === 200;
    const rotate = async (oldEndsAt: string | null) =>
      new Program(node.url, (await owner.call(rotateApiKey, { params: path, body: { oldEndsAt } })).secret);

    const second = await rotate(inAnHour());
    assert.deepEqual([await works(first), await works(second)], [true, true]);
    assert.deepEqual(
      (await listed(first.keyId)).secrets.map(({ endsAt }) => endsAt !== null),
      [false, true],
    );
    const third = await rotate(inAnHour());
    assert.deepEqual([await works(first), await works(second), await works(third)], [false, true, true]);
    await db.asOwner(
      "update api_key_secret set ends_at = now() - interval '1 second' where key_id = $1 and ends_at > now()",
      [first.keyId],
    );
    assert.deepEqual([await works(second), await works(third)], [false, true]);
    const fourth = await rotate(null);
    assert.deepEqual([await works(third), await works(fourth)], [false, true], 'at once');
    refused(await third.try(findConversations, { params }), 401, 'api-keys.refused');
  });

  it('lets nobody but its owner get a new secret, and none for a key that has ended', async () => {
    const key = await makeProgram(owner, [everywhere('agent')]);
    const path = { ...params, keyId: key.keyId };
    refused(
      await admin.try(rotateApiKey, { params: path, body: { oldEndsAt: null } }),
      403,
      'api-keys.not-yours',
    );
    for (const oldEndsAt of [new Date(Date.now() - 1000).toISOString(), '2099-01-01T00:00:00.000Z'])
      refused(await owner.try(rotateApiKey, { params: path, body: { oldEndsAt } }), 422, 'api-keys.overlap');
    await owner.call(revokeApiKey, { params: path });
    refused(
      await owner.try(rotateApiKey, { params: path, body: { oldEndsAt: null } }),
      409,
      'api-keys.ended',
    );
  });

  it('lets a key live as long as the account allows, and no longer', async () => {
    await setSettings(db, account.id, { 'api.key-days': 30 });
    const body = { name: 'Short', purpose: 'A test', grants: [everywhere('agent')] };
    const days = (count: number) => new Date(Date.now() + count * 86_400_000).toISOString();
    for (const expiresAt of [days(32), days(-1)])
      refused(
        await owner.try(createApiKey, { params, body: { ...body, expiresAt } }),
        422,
        'api-keys.lifetime',
      );
    const { key } = await owner.call(createApiKey, { params, body: { ...body, expiresAt: days(7) } });
    assert.ok(Date.parse(key.expiresAt) - Date.now() < 7.1 * 86_400_000);
    refused(await owner.try(createApiKey, { params, body }), 409, 'names.taken');
    const longest = await owner.call(createApiKey, { params, body: { ...body, name: 'Longest' } });
    assert.ok(Date.parse(longest.key.expiresAt) - Date.now() < 30.1 * 86_400_000);
  });

  it('answers as many requests in a minute as the account says, and tells how many are left', async () => {
    await setSettings(db, account.id, { 'api.requests-per-minute': 10 });
    const key = await makeProgram(owner, [everywhere('supervisor')]);
    const answers: Answer<unknown>[] = [];
    // Two minutes may have a part in it.
    for (let request = 0; request < 21; request += 1)
      answers.push(await key.try(findConversations, { params }));
    const [first] = answers;
    assert.equal(first?.headers.get('ratelimit-policy'), '"requests";q=10;w=60');
    assert.match(first?.headers.get('ratelimit') ?? '', /^"requests";r=9;t=\d{1,2}$/);
    const beyond = answers.find(({ status }) => status === 429) ?? assert.fail('none was refused');
    refused(beyond, 429, 'request.rate-limited');
    assert.match(beyond.headers.get('ratelimit') ?? '', /^"requests";r=0;t=\d{1,2}$/);
    const wait = Number(beyond.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 60);
    const person = await owner.try(findConversations, { params, query: {} });
    assert.equal(person.status, 200, 'its owner is counted apart');
    assert.equal(person.headers.get('ratelimit-policy'), '"requests";q=3000;w=60');
    await setSettings(db, account.id, { 'api.requests-per-minute': 600 });
  });

  describe('exchanged for a token', () => {
    beforeEach(async () => await setSettings(db, account.id, { 'api.authentication': 'token' }));

    const basic = (id: string, secret: string) => ({
      authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
    });
    const ask = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
      await request(node.url, issueToken, { form: { grant_type: 'client_credentials', ...form }, headers });
    const tokenOf = (answer: Answer<unknown>) =>
      answer.body as { access_token: string; expires_in: number; scope: string; token_type: string };

    it('gives a token that is taken instead of the key, and takes the key itself no more', async () => {
      const key = await makeProgram(owner, [everywhere('supervisor')]);
      refused(await key.try(findConversations, { params }), 401, 'api-keys.wrong-mode');
      for (const answer of [
        await ask({}, basic(key.keyId, key.bearer)),
        await ask({ client_id: key.keyId, client_secret: key.bearer, unknown: 'is ignored' }),
      ]) {
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        assert.equal(answer.headers.get('pragma'), 'no-cache');
        const { access_token: token, expires_in: seconds, token_type: type, scope } = tokenOf(answer);
        assert.deepEqual([type, seconds], ['Bearer', 1800]);
        assert.ok(scope.split(' ').includes('conversations.find'));
        const program = new Program(node.url, token);
        assert.equal((await program.try(findConversations, { params })).status, 200);
        await setSettings(db, account.id, { 'api.authentication': 'key' });
        refused(await program.try(findConversations, { params }), 401, 'api-keys.wrong-mode');
        assert.equal((await key.try(findConversations, { params })).status, 200);
        await setSettings(db, account.id, { 'api.authentication': 'token' });
      }
      const [entry] = (await auditOf('api-keys.token-issued')).slice(-1);
      assert.deepEqual(entry?.actor, { kind: 'api-key', id: key.keyId });
    });

    it('attack 45: narrows a token to the scope that is asked for', async () => {
      const key = await makeProgram(owner, [everywhere('supervisor')]);
      const answer = await ask({ scope: 'conversations.find routing.read' }, basic(key.keyId, key.bearer));
      const { access_token: token, scope } = tokenOf(answer);
      assert.deepEqual(new Set(scope.split(' ')), new Set(['conversations.find', 'routing.read']));
      const program = new Program(node.url, token);
      assert.equal((await program.try(findConversations, { params })).status, 200);
      refused(await program.try(listUsers, { params }), 403, 'access.forbidden');
      for (const scope of ['audit.read', 'conversations.find nothing', '*'])
        assert.deepEqual(await errorOf(ask({ scope }, basic(key.keyId, key.bearer))), [400, 'invalid_scope']);
    });

    it('attack 45: a token ends in time, with its secret, and with its key', async () => {
      const key = await makeProgram(owner, [everywhere('supervisor')]);
      const fresh = async (bearer = key.bearer) =>
        new Program(node.url, tokenOf(await ask({}, basic(key.keyId, bearer))).access_token);
      const works = async (program: Program) =>
        (await program.try(findConversations, { params })).status === 200;
      const old = await fresh();
      assert.equal(await works(old), true);
      await db.asOwner("update api_token set expires_at = now() - interval '1 second'");
      assert.equal(await works(old), false);
      const ofOld = await fresh();
      const path = { ...params, keyId: key.keyId };
      const { secret } = await owner.call(rotateApiKey, { params: path, body: { oldEndsAt: null } });
      assert.equal(await works(ofOld), false, 'the secret that it was got for has ended');
      const ofNew = await fresh(secret);
      assert.equal(await works(ofNew), true);
      await owner.call(revokeApiKey, { params: path });
      assert.equal(await works(ofNew), false);
      assert.deepEqual(await errorOf(ask({}, basic(key.keyId, secret))), [401, 'invalid_client']);
    });

    it('refuses in the words of RFC 6749', async () => {
      const key = await makeProgram(owner, [everywhere('agent')]);
      const { keyId, bearer } = key;
      const secret = randomBytes(32).toString('base64url');
      const right = basic(keyId, bearer);
      const cases: [Promise<Answer<unknown>>, number, string][] = [
        [ask({}), 401, 'invalid_client'],
        [ask({}, basic(keyId, writeKey(keyId, secret))), 401, 'invalid_client'],
        [ask({}, basic(randomUUID(), bearer)), 401, 'invalid_client'],
        [ask({}, { authorization: 'Basic !' }), 401, 'invalid_client'],
        [ask({}, { authorization: `Basic ${Buffer.from('%:%').toString('base64')}` }), 401, 'invalid_client'],
        [ask({ client_id: keyId, client_secret: bearer }, right), 400, 'invalid_request'],
        [ask({ grant_type: 'password' }, right), 400, 'unsupported_grant_type'],
        [request(node.url, issueToken, { form: {}, headers: right }), 400, 'invalid_request'],
        [
          request(node.url, issueToken, { body: { grant_type: 'client_credentials' }, headers: right }),
          415,
          'invalid_request',
        ],
      ];
      for (const [asked, status, error] of cases) {
        const answer = await asked;
        const body = answer.body as { error: string; error_description: string };
        assert.deepEqual([answer.status, body.error], [status, error]);
        assert.ok(body.error_description.length > 0);
        assert.equal(answer.headers.get('cache-control'), 'no-store');
        if (status === 401)
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm="samtal"/);
      }
      const twice = await fetch(new URL('/api/v1/oauth/token', node.url), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...right },
        body: 'grant_type=client_credentials&grant_type=client_credentials',
      });
      assert.deepEqual(
        [twice.status, ((await twice.json()) as { error: string }).error],
        [400, 'invalid_request'],
      );
      await setSettings(db, account.id, { 'api.authentication': 'key' });
      assert.deepEqual(await errorOf(ask({}, right)), [400, 'unauthorized_client']);
    });

    it('takes forms nowhere else', async () => {
      const answer = await fetch(new URL(`/api/v1/accounts/${account.id}/canned-replies`, node.url), {
        method: 'POST',
        body: new URLSearchParams({ shortcut: 'x', text: 'y' }),
      });
      assert.equal(answer.status, 415);
    });
  });

  describe('from listed networks', () => {
    const from = (address: string) => ({ 'x-forwarded-for': address });

    it('attack 45: takes a key from there and from nowhere else, and people from anywhere', async () => {
      const key = await makeProgram(owner, [everywhere('supervisor')]);
      await setSettings(db, account.id, { 'api.networks': ['198.51.100.0/24', '2001:db8::/32'] });
      for (const address of ['198.51.100.7', '::ffff:198.51.100.7', '2001:db8::1'])
        assert.equal((await key.try(findConversations, { params }, from(address))).status, 200, address);
      for (const address of ['203.0.113.9', '2001:db9::1'])
        refused(await key.try(findConversations, { params }, from(address)), 403, 'api-keys.network');
      assert.equal(
        (await owner.try(findConversations, { params, query: {} }, from('203.0.113.9'))).status,
        200,
      );
      await setSettings(db, account.id, { 'api.authentication': 'token' });
      const form = { grant_type: 'client_credentials', client_id: key.keyId, client_secret: key.bearer };
      const asked = (address: string) => request(node.url, issueToken, { form, headers: from(address) });
      assert.deepEqual(await errorOf(asked('203.0.113.9')), [403, 'unauthorized_client']);
      const { access_token: token } = (await asked('198.51.100.7')).body as { access_token: string };
      const program = new Program(node.url, token);
      assert.equal((await program.try(findConversations, { params }, from('198.51.100.7'))).status, 200);
      refused(await program.try(findConversations, { params }, from('203.0.113.9')), 403, 'api-keys.network');
    });

    it('attack 46: believes no header but the nearest proxy’s, and refuses what is no address', async () => {
      const key = await makeProgram(owner, [everywhere('supervisor')]);
      await setSettings(db, account.id, { 'api.networks': ['6.6.6.6', '198.51.100.0/24'] });
      for (const headers of [
        from('6.6.6.6, 203.0.113.9'),
        from('not-an-ip'),
        from(''),
        from(' '),
        from('6.6.6.6 , not-an-ip'),
        { 'x-real-ip': '6.6.6.6' },
        { forwarded: 'for=6.6.6.6' },
        { 'cf-connecting-ip': '6.6.6.6' },
      ])
        refused(await key.try(findConversations, { params }, headers), 403, 'api-keys.network');
      const direct = await startTestNode(db);
      try {
        const spoofed = new Program(direct.url, key.bearer);
        refused(await spoofed.try(findConversations, { params }, from('6.6.6.6')), 403, 'api-keys.network');
        await setSettings(db, account.id, { 'api.networks': ['127.0.0.1'] });
        assert.equal((await spoofed.try(findConversations, { params }, from('6.6.6.6'))).status, 200);
      } finally {
        await direct.stop();
      }
    });

    it('attack 46: takes no list with an entry that is no network', async () => {
      for (const entry of ['example.org', ' 192.0.2.1', '010.0.0.1', '192.0.2.1/33'])
        await assert.rejects(setSettings(db, account.id, { 'api.networks': [entry] }), {
          code: 'request.invalid',
        });
    });
  });
});

function refused(answer: Answer<unknown>, status: number, code: string): void {
  assert.deepEqual(
    [answer.status, (answer.body as { code?: string } | null)?.code],
    [status, code],
    answer.text,
  );
}

async function errorOf(asked: Promise<Answer<unknown>>): Promise<[number, string]> {
  const { status, body } = await asked;
  return [status, (body as { error: string }).error];
}
