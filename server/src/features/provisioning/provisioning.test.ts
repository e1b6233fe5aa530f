import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRole, giveRole, listGrants, listRoles } from '@samtal/contract/access';
import { revokeApiKey } from '@samtal/contract/api-keys';
import { createIdentityProvider } from '@samtal/contract/federation';
import { scimUrns } from '@samtal/contract/provisioning';
import { changeUser, getUser, inviteUser, removeUser } from '@samtal/contract/users';
import {
  makeAccount,
  makePerson,
  makeProgram,
  Person,
  type Program,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { TestIdentityProvider } from '../../../test/identity-provider.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { TestSocket } from '../../../test/socket.ts';
import { startSession } from '../signin/sessions.ts';

const domain = 'almvik.example';
const type = 'application/scim+json';

/** A resource as a client finds it. */
interface Resource {
  readonly id: string;
  readonly schemas: readonly string[];
  readonly userName: string;
  readonly externalId: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly emails: readonly { readonly value: string }[];
  readonly members: readonly { readonly value: string }[] | undefined;
  readonly groups: readonly { readonly value: string }[] | undefined;
  readonly meta: { readonly version: string };
  readonly endpoint: string;
  readonly [scimUrns.enterprise]: unknown;
}

/** Whatever SCIM answers with: a resource, a list, an error, or what is supported. */
interface ScimBody extends Resource {
  readonly totalResults: number;
  readonly startIndex: number;
  readonly itemsPerPage: number;
  readonly Resources: readonly Resource[];
  readonly status: string;
  readonly scimType: string | undefined;
  readonly [scimUrns.refusal]: { readonly code: string };
}

interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Read for what the test expects it to be. */
  readonly body: ScimBody;
}

describe('provisioning by SCIM', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let other: TestAccount;
  let admin: Person;
  let key: Program & { readonly keyId: string };
  let roleIds: Map<string, string>;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    other = await makeAccount(db, { origin: node.url.origin });
    await db.asOwner(
      "insert into verified_domain (domain, account_id) values ($1, $2), ('other.example', $3)",
      [domain, account.id, other.id],
    );
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const { items } = await admin.call(listRoles, { params: { accountId: account.id } });
    roleIds = new Map(items.map((role) => [role.builtIn ?? role.name, role.id]));
    key = await keyOf(admin);
    const idp = await TestIdentityProvider.make();
    // Whoever says which group has which role gets nothing by it; here that is somebody else.
    const configurer = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    await configurer.call(createIdentityProvider, {
      params: { accountId: account.id },
      body: {
        name: 'Almvik',
        protocol: 'saml',
        active: true,
        saml: {
          entityId: idp.entityId,
          signInUrl: idp.signInUrl,
          certificates: [idp.certificate],
          signed: 'assertion',
          unsolicited: false,
          encrypted: false,
          signOutUrl: null,
          signsOutThere: false,
        },
        domains: [domain],
        createsUsers: true,
        groupRoles: [
          { group: 'Chat', roleId: roleIds.get('agent') ?? '', scope: { queue: [account.queueId] } },
          { group: 'Chat leaders', roleId: roleIds.get('supervisor') ?? '', scope: {} },
          { group: 'Keepers of the house', roleId: roleIds.get('administrator') ?? '', scope: {} },
        ],
        attributes: { email: null, name: null, groups: null },
      },
    });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  /** A key with `users.provision` and nothing else. */
  async function keyOf(owner: Person): Promise<Program & { readonly keyId: string }> {
    const params = { accountId: owner.accountId };
    const body = {
      name: `Directory ${randomUUID().slice(0, 8)}`,
      authorisations: ['users.provision' as const],
      roles: [],
    };
    const { id } = await owner.call(createRole, { params, body });
    return await makeProgram(owner, [{ roleId: id, scope: {} }]);
  }

  /** The bearer token of a key whose owner has to do with the directory and with keys, and decides over nobody who holds more. */
  async function keyOfKeeper(): Promise<string> {
    const params = { accountId: account.id };
    const authorisations = ['users.provision' as const, 'api-keys.manage' as const, 'access.manage' as const];
    const name = `Keeper of the directory ${randomUUID().slice(0, 8)}`;
    const { id: roleId } = await admin.call(createRole, {
      params,
      body: { name, authorisations, roles: [] },
    });
    const keeper = await makePerson(db, account, { url: node.url, roles: [] });
    await admin.call(giveRole, { params, body: { userId: keeper.userId, roleId, scope: {} } });
    return (await keyOf(keeper)).bearer;
  }

  async function scim(
    method: string,
    path: string,
    {
      body,
      headers = {},
      by = key.bearer,
      at = account.id,
    }: { body?: unknown; headers?: Record<string, string>; by?: string; at?: string } = {},
  ): Promise<ScimAnswer> {
    const response = await fetch(new URL(`/api/v1/accounts/${at}/scim/v2${path}`, node.url), {
      method,
      headers: {
        authorization: `Bearer ${by}`,
        ...(body === undefined ? {} : { 'content-type': type }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (text !== '') assert.match(response.headers.get('content-type') ?? '', /^application\/scim\+json/);
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text === '' ? '{}' : text) as ScimBody,
    };
  }

  function refused(answer: ScimAnswer, status: number, scimType: string | undefined, code: string): void {
    assert.equal(answer.status, status, answer.text);
    assert.deepEqual(answer.body.schemas, [scimUrns.error, scimUrns.refusal]);
    assert.equal(answer.body.status, String(status));
    assert.equal(answer.body.scimType, scimType);
    assert.equal(answer.body[scimUrns.refusal].code, code);
  }

  const configurationOf = ({ text }: ScimAnswer) =>
    JSON.parse(text) as Record<string, { supported: boolean }>;
  let number = 0;
  const address = () => `user-${(number += 1)}@${domain}`;
  async function make(more: object = {}): Promise<Resource> {
    const answer = await scim('POST', '/Users', {
      body: { schemas: [scimUrns.user], userName: address(), active: true, ...more },
    });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }
  async function makeGroup(name: string, members: string[] = []): Promise<Resource> {
    const answer = await scim('POST', '/Groups', {
      body: { schemas: [scimUrns.group], displayName: name, members: members.map((value) => ({ value })) },
    });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }
  const patch = (...operations: object[]) => ({ schemas: [scimUrns.patch], Operations: operations });
  const filtered = (resource: string, filter: string, more = '') =>
    `/${resource}?filter=${encodeURIComponent(filter)}${more}`;
  async function rolesOf(userId: string): Promise<string[]> {
    const { items } = await admin.call(listGrants, { params: { accountId: account.id }, query: { userId } });
    return items.map(({ roleId }) => [...roleIds].find(([, id]) => id === roleId)?.[0] ?? roleId).toSorted();
  }
  /** Somebody of the directory with a session, as after signing in by the provider. */
  async function signedIn(userId: string): Promise<Person> {
    const { token } = await db.database.transaction('platform', (tx) => startSession(tx, userId));
    return new Person({ userId, accountId: account.id, name: '', url: node.url, token });
  }
  async function audited(action: string, id: string): Promise<{ actor: { kind: string; id: string } }[]> {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from (select body, account_id from audit_outbox union all select body, account_id from audit_entry) each
       where account_id = $1 and body::jsonb ->> 'action' = $2 and body::jsonb -> 'subject' ->> 'id' = $3`,
      [account.id, action, id],
    );
    return rows.map(({ body }) => JSON.parse(body) as { actor: { kind: string; id: string } });
  }

  it('is found out about: what is supported, kinds of resources, their attributes', async () => {
    const configuration = await scim('GET', '/ServiceProviderConfig');
    assert.deepEqual(
      ['patch', 'filter', 'etag', 'sort', 'bulk', 'changePassword'].map(
        (each) => configurationOf(configuration)[each]?.supported,
      ),
      [true, true, true, false, false, false],
    );
    const types = await scim('GET', '/ResourceTypes');
    assert.deepEqual(
      types.body.Resources.map(({ endpoint }) => endpoint),
      ['/Users', '/Groups'],
    );
    const schemas = await scim('GET', '/Schemas');
    assert.deepEqual(
      schemas.body.Resources.map(({ id }) => id),
      [scimUrns.user, scimUrns.group],
    );
  });

  it('does what Entra ID asks for: find, make, change by quirky patches, disable, delete', async () => {
    const [userName, renamed, mail] = [address(), address(), address()];
    const none = await scim('GET', filtered('Users', `userName eq "${userName}"`));
    assert.deepEqual([none.status, none.body.totalResults, none.body.Resources], [200, 0, []]);
    const externalId = randomUUID();
    const made = await scim('POST', '/Users', {
      body: {
        schemas: [scimUrns.user, scimUrns.enterprise],
        externalId,
        userName,
        active: true,
        emails: [{ primary: true, type: 'work', value: userName }],
        meta: { resourceType: 'User' },
        name: { formatted: 'Vera Almvik', familyName: 'Almvik', givenName: 'Vera' },
        roles: [],
        [scimUrns.enterprise]: { department: 'Service' },
      },
    });
    assert.equal(made.status, 201, made.text);
    const { id } = made.body;
    assert.match(made.headers.get('location') ?? '', new RegExp(`/scim/v2/Users/${id}$`));
    assert.equal(made.headers.get('etag'), made.body.meta.version);
    assert.deepEqual(
      [made.body.userName, made.body.externalId, made.body.displayName, made.body.active],
      [userName, externalId, 'Vera Almvik', true],
    );
    assert.equal(made.body[scimUrns.enterprise], undefined);
    for (const filter of [
      `userName eq "${userName.toUpperCase()}"`,
      `externalId eq "${externalId}"`,
      `id eq "${id}" and active eq true`,
      `emails[type eq "work"].value eq "${userName}"`,
    ]) {
      const { body } = await scim('GET', filtered('Users', filter));
      assert.deepEqual(
        body.Resources.map((each) => each.id),
        [id],
        filter,
      );
    }
    const patched = await scim('PATCH', `/Users/${id}`, {
      body: patch(
        { op: 'Replace', path: 'emails[type eq "work"].value', value: mail },
        { op: 'Replace', path: 'userName', value: renamed },
        { op: 'Add', path: 'displayName', value: 'Vera A.' },
        { op: 'Add', path: 'name.familyName', value: 'A.' },
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '010' },
        { op: 'Add', path: `${scimUrns.enterprise}:department`, value: 'Service' },
      ),
    });
    assert.equal(patched.status, 200, patched.text);
    assert.deepEqual(
      [patched.body.userName, patched.body.emails[0]?.value, patched.body.displayName],
      [renamed, mail, 'Vera A.'],
    );
    const disabled = await scim('PATCH', `/Users/${id}`, {
      body: patch({ op: 'Replace', path: 'active', value: 'False' }),
    });
    assert.equal(disabled.body.active, false);
    const seen = await admin.call(getUser, { params: { accountId: account.id, userId: id } });
    assert.deepEqual([seen.status, seen.inactiveBecause, seen.email], ['inactive', 'directory', mail]);
    const enabled = await scim('PATCH', `/Users/${id}`, {
      body: patch({ op: 'Replace', value: { active: 'True' } }),
    });
    assert.equal(enabled.body.active, true);
    assert.equal((await scim('DELETE', `/Users/${id}`)).status, 204);
    refused(await scim('GET', `/Users/${id}`), 404, undefined, 'not-found');
    for (const action of ['provisioning.user-created', 'provisioning.user-changed', 'users.removed'])
      assert.deepEqual((await audited(action, id))[0]?.actor, { kind: 'api-key', id: key.keyId }, action);
  });

  it('does what Okta asks for: find in pages, make with a password that is not kept, replace, deactivate', async () => {
    const userName = address();
    const sent = {
      schemas: [scimUrns.user],
      userName,
      name: { givenName: 'Bo', familyName: 'Okter' },
      emails: [{ primary: true, value: userName, type: 'work' }],
      displayName: 'Bo Okter',
      locale: 'sv-SE',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    };
    const made = await scim('POST', '/Users', { body: sent });
    assert.equal(made.status, 201, made.text);
    assert.ok(!made.text.includes(sent.password));
    const { id } = made.body;
    const page = await scim('GET', '/Users?startIndex=1&count=1');
    assert.deepEqual([page.body.startIndex, page.body.itemsPerPage], [1, 1]);
    assert.ok(page.body.totalResults >= 1);
    const replaced = await scim('PUT', `/Users/${id}`, {
      body: { ...sent, id, displayName: 'Bo O.', name: { givenName: 'Bo', familyName: 'O.' } },
    });
    assert.deepEqual([replaced.status, replaced.body.displayName], [200, 'Bo O.']);
    const off = await scim('PATCH', `/Users/${id}`, {
      body: patch({ op: 'replace', value: { active: false } }),
    });
    assert.deepEqual([off.status, off.body.active], [200, false]);
    const names = await scim('PATCH', `/Users/${id}`, {
      body: patch({ op: 'replace', value: { name: { givenName: 'Bosse', familyName: 'Ek' } } }),
    });
    assert.equal(names.body.displayName, 'Bosse Ek');
  });

  it('pages without gaps or doubles, and knows counts that are none', async () => {
    for (let at = 0; at < 3; at += 1) await make();
    const { body: all } = await scim('GET', '/Users');
    const ids: string[] = [];
    for (let start = 1; start <= all.totalResults; start += 2)
      ids.push(
        ...(await scim('GET', `/Users?startIndex=${start}&count=2`)).body.Resources.map((each) => each.id),
      );
    assert.deepEqual(
      ids,
      all.Resources.map((each) => each.id),
    );
    const { body: none } = await scim('GET', '/Users?startIndex=-3&count=-1&sortBy=userName');
    assert.deepEqual([none.startIndex, none.itemsPerPage, none.totalResults], [1, 0, all.totalResults]);
    const { body: only } = await scim('GET', '/Users?count=1&attributes=userName');
    assert.deepEqual(Object.keys(only.Resources[0] ?? {}).toSorted(), ['id', 'schemas', 'userName']);
  });

  it('attack 26: ends session and socket of whom the directory switches off, at once', async () => {
    const { id } = await make();
    const group = await makeGroup('Chat', [id]);
    const person = await signedIn(id);
    const socket = await TestSocket.asAgent(person);
    const since = Date.now();
    await scim('PATCH', `/Users/${id}`, { body: patch({ op: 'replace', path: 'active', value: false }) });
    assert.equal(await socket.closed(2_000), 1008);
    assert.ok(Date.now() - since < 2_000);
    const { rows } = await db.asOwner('select from session where user_id = $1', [id]);
    assert.equal(rows.length, 0);
    await scim('DELETE', `/Groups/${group.id}`);
  });

  it('gives the roles of groups within their scope, and takes them back: by Entra ID’s patches and by Okta’s', async () => {
    const [one, two] = [await make(), await make()];
    const none = await scim(
      'GET',
      filtered('Groups', 'displayName eq "Chat"', '&excludedAttributes=members'),
    );
    assert.equal(none.body.totalResults, 0);
    const group = await makeGroup('Chat');
    const members = async (...operations: object[]) => {
      const answer = await scim('PATCH', `/Groups/${group.id}`, { body: patch(...operations) });
      assert.equal(answer.status, 200, answer.text);
      return (answer.body.members ?? []).map(({ value }) => value).toSorted();
    };
    const both = [one.id, two.id].toSorted();
    assert.deepEqual(
      await members({ op: 'Add', path: 'members', value: both.map((value) => ({ $ref: null, value })) }),
      both,
    );
    assert.deepEqual(await rolesOf(one.id), ['agent']);
    const { items } = await admin.call(listGrants, {
      params: { accountId: account.id },
      query: { userId: one.id },
    });
    assert.deepEqual(items[0]?.scope, { queue: [account.queueId] });
    const shown = await scim('GET', `/Groups/${group.id}?excludedAttributes=members`);
    assert.equal(shown.body.members, undefined);
    // Entra ID names whom it removes in a value, Okta in the path.
    assert.deepEqual(
      await members({ op: 'Remove', path: 'members', value: [{ $ref: null, value: one.id }] }),
      [two.id],
    );
    assert.deepEqual(await rolesOf(one.id), []);
    assert.deepEqual(await members({ op: 'remove', path: `members[value eq "${two.id}"]` }), []);
    assert.deepEqual(await rolesOf(two.id), []);
    assert.deepEqual(
      await members({ op: 'replace', value: { id: group.id, members: [{ value: one.id }] } }),
      [one.id],
    );
    // Another name stands for other roles.
    await members({ op: 'replace', value: { id: group.id, displayName: 'Chat leaders' } });
    assert.deepEqual(await rolesOf(one.id), ['supervisor']);
    assert.equal((await scim('DELETE', `/Groups/${group.id}`)).status, 204);
    assert.deepEqual(await rolesOf(one.id), []);
  });

  it('leaves alone what somebody gave by hand', async () => {
    const { id } = await make();
    const params = { accountId: account.id };
    await admin.call(giveRole, {
      params,
      body: { userId: id, roleId: roleIds.get('agent') ?? '', scope: { queue: [account.queueId] } },
    });
    const group = await makeGroup('Chat', [id]);
    await scim('DELETE', `/Groups/${group.id}`);
    assert.deepEqual(await rolesOf(id), ['agent']);
  });

  it('attack 41: refuses by a group what the owner of the key could not give, and to decide over who holds more', async () => {
    const params = { accountId: account.id };
    const by = await keyOfKeeper();
    const { id } = await make();
    refused(
      await scim('POST', '/Groups', { by, body: { displayName: 'Chat leaders', members: [{ value: id }] } }),
      403,
      undefined,
      'access.exceeds-own',
    );
    assert.deepEqual(await rolesOf(id), []);
    assert.equal(
      (await scim('GET', filtered('Groups', 'displayName eq "Chat leaders"'))).body.totalResults,
      0,
    );
    await admin.call(giveRole, {
      params,
      body: { userId: id, roleId: roleIds.get('agent') ?? '', scope: {} },
    });
    const off = patch({ op: 'replace', path: 'active', value: false });
    refused(await scim('PATCH', `/Users/${id}`, { by, body: off }), 403, undefined, 'access.exceeds-own');
    refused(await scim('DELETE', `/Users/${id}`, { by }), 403, undefined, 'access.exceeds-own');
  });

  it('refuses to take back by a group what the owner of the key could not give, and changes nothing then', async () => {
    const by = await keyOfKeeper();
    const { id } = await make();
    const group = await makeGroup('Keepers of the house', [id]);
    assert.deepEqual(await rolesOf(id), ['administrator']);
    const path = `/Groups/${group.id}`;
    const out = patch({ op: 'remove', path: `members[value eq "${id}"]` });
    const renamed = patch({ op: 'replace', path: 'displayName', value: 'Gone' });
    for (const [method, body] of [
      ['DELETE', undefined],
      ['PATCH', out],
      ['PATCH', patch({ op: 'remove', path: 'members' })],
      ['PATCH', renamed],
      ['PUT', { displayName: 'Keepers of the house', members: [] }],
    ] as const) {
      refused(await scim(method, path, { by, body }), 403, undefined, 'access.exceeds-own');
      assert.deepEqual(await rolesOf(id), ['administrator']);
      const { body: still } = await scim('GET', path);
      assert.deepEqual([still.displayName, still.members?.length], ['Keepers of the house', 1]);
    }
    const { id: nobody } = await make();
    const idle = await scim('POST', '/Groups', {
      by,
      body: { displayName: 'Idle', members: [{ value: nobody }] },
    });
    assert.equal((await scim('DELETE', `/Groups/${idle.body.id}`, { by })).status, 204);
    assert.equal((await scim('DELETE', path)).status, 204, 'a key whose owner could take it himself');
    assert.deepEqual(await rolesOf(id), []);
  });

  it('attack 24, 37: takes addresses of its verified domains alone, and answers alike whoever knows them elsewhere', async () => {
    for (const email of ['vera@elsewhere.example', 'vera@other.example', `vera@sub.${domain}`])
      refused(
        await scim('POST', '/Users', { body: { userName: email } }),
        400,
        'invalidValue',
        'provisioning.domain',
      );
    const known = address();
    // Somebody of another account has this very address, with a password of theirs.
    const stranger = await makePerson(db, other, { url: node.url, roles: ['agent'], name: 'Stranger' });
    await db.asOwner('update identity set email = $2, email_folded = $2, password_hash = $3 where id = $1', [
      stranger.userId,
      known,
      'theirs',
    ]);
    await db.asOwner('update membership set email = $2 where user_id = $1', [stranger.userId, known]);
    const made = await scim('POST', '/Users', { body: { userName: known, displayName: 'Known' } });
    const unknown = await scim('POST', '/Users', { body: { userName: address(), displayName: 'Unknown' } });
    const shape = ({ status, body }: ScimAnswer) => [status, Object.keys(body), body.active];
    assert.deepEqual(shape(made), shape(unknown));
    assert.notEqual(made.body.id, stranger.userId);
    await scim('PATCH', `/Users/${made.body.id}`, {
      body: patch({ op: 'replace', value: { displayName: 'Other', userName: address() } }),
    });
    await scim('DELETE', `/Users/${made.body.id}`);
    const { rows } = await db.asOwner('select email, name, password_hash from identity where id = $1', [
      stranger.userId,
    ]);
    assert.deepEqual({ ...rows[0] }, { email: known, name: 'Stranger', password_hash: 'theirs' });
  });

  it('sees nobody outside of verified domains, nobody who is only invited, and nobody of another account', async () => {
    const params = { accountId: account.id };
    const body = { email: address(), name: 'Invited' };
    const { user: invited } = await admin.call(inviteUser, { params, body });
    const stranger = await makePerson(db, other, { url: node.url, roles: [] });
    await db.asOwner('update membership set email = $2 where user_id = $1', [stranger.userId, address()]);
    const { body: all } = await scim('GET', '/Users?count=200');
    const off = { body: patch({ op: 'replace', path: 'active', value: false }) };
    for (const id of [admin.userId, invited.id, stranger.userId]) {
      assert.ok(!all.Resources.some((each) => each.id === id));
      refused(await scim('GET', `/Users/${id}`), 404, undefined, 'not-found');
      refused(await scim('PATCH', `/Users/${id}`, off), 404, undefined, 'not-found');
      refused(await scim('DELETE', `/Users/${id}`), 404, undefined, 'not-found');
      refused(
        await scim('POST', '/Groups', { body: { displayName: randomUUID(), members: [{ value: id }] } }),
        400,
        'invalidValue',
        'provisioning.value',
      );
    }
    refused(
      await scim('POST', '/Users', { body: { userName: body.email } }),
      409,
      'uniqueness',
      'provisioning.taken',
    );
  });

  it('attack 35: refuses keys of other accounts, without the authorisation, revoked, from elsewhere, and none at all', async () => {
    const otherAdmin = await makePerson(db, other, { url: node.url, roles: ['administrator'] });
    const foreign = await keyOf(otherAdmin);
    refused(await scim('GET', '/Users', { by: foreign.bearer }), 404, undefined, 'not-found');
    const agent = await makeProgram(admin, [{ roleId: roleIds.get('administrator') ?? '', scope: {} }]);
    assert.equal((await scim('GET', '/Users', { by: agent.bearer })).status, 200);
    const { id: roleId } = await admin.call(createRole, {
      params: { accountId: account.id },
      body: { name: 'Reader of users', authorisations: ['users.read', 'users.manage'], roles: [] },
    });
    const reader = await makeProgram(admin, [{ roleId, scope: {} }]);
    refused(await scim('GET', '/Users', { by: reader.bearer }), 403, undefined, 'access.forbidden');
    const revoked = await keyOf(admin);
    await admin.call(revokeApiKey, { params: { accountId: account.id, keyId: revoked.keyId } });
    const answer = await scim('GET', '/Users', { by: revoked.bearer });
    refused(answer, 401, undefined, 'api-keys.refused');
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    refused(
      await scim('GET', '/Users', { headers: { authorization: '' } }),
      401,
      undefined,
      'signin.required',
    );
    await setSettings(db, account.id, { 'api.networks': ['192.0.2.0/24'] });
    refused(await scim('GET', '/Users'), 403, undefined, 'api-keys.network');
    await setSettings(db, account.id, { 'api.networks': [] });
    assert.match((await scim('GET', '/Users')).headers.get('ratelimit') ?? '', /r=\d+/);
  });

  it('lets one of two win who change the same version, and tells the other', async () => {
    const made = await make();
    const ifMatch = made.meta.version;
    const rename = async (displayName: string) =>
      await scim('PATCH', `/Users/${made.id}`, {
        headers: { 'if-match': ifMatch },
        body: patch({ op: 'replace', path: 'displayName', value: displayName }),
      });
    const answers = await Promise.all(['One', 'Two', 'Three'].map(rename));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, two) => one - two),
      [200, 412, 412],
    );
    const late = answers.find(({ status }) => status === 412);
    assert.ok(late);
    refused(late, 412, undefined, 'provisioning.changed-meanwhile');
    const headers = { 'if-match': ifMatch };
    assert.equal((await scim('DELETE', `/Users/${made.id}`, { headers })).status, 412);
    const newest = (await scim('GET', `/Users/${made.id}`)).headers.get('etag') ?? '';
    assert.equal(
      (await scim('DELETE', `/Users/${made.id}`, { headers: { 'if-match': newest } })).status,
      204,
    );
    const group = await makeGroup('Versions');
    const stale = { 'if-match': 'W/"stale"' };
    assert.equal(
      (await scim('PUT', `/Groups/${group.id}`, { headers: stale, body: { displayName: 'V' } })).status,
      412,
    );
    assert.equal((await scim('DELETE', `/Groups/${group.id}`, { headers: stale })).status, 412);
  });

  it('does not switch on whom an administrator has switched off, nor who stayed away', async () => {
    const { id } = await make();
    const userId = id;
    await admin.call(changeUser, { params: { accountId: account.id, userId }, body: { status: 'inactive' } });
    const on = { body: patch({ op: 'replace', path: 'active', value: true }) };
    assert.equal((await scim('PATCH', `/Users/${id}`, on)).body.active, false);
    await db.asOwner("update membership set inactive_because = 'unused' where user_id = $1", [id]);
    assert.equal((await scim('PATCH', `/Users/${id}`, on)).body.active, false);
    await db.asOwner("update membership set inactive_because = 'directory' where user_id = $1", [id]);
    assert.equal((await scim('PATCH', `/Users/${id}`, on)).body.active, true);
  });

  it('keeps whom an administrator has switched off, so that making them again does not switch them on', async () => {
    const { id, userName } = await make();
    const params = { accountId: account.id, userId: id };
    await admin.call(changeUser, { params, body: { status: 'inactive' } });
    refused(await scim('DELETE', `/Users/${id}`), 409, undefined, 'provisioning.kept');
    // Nor does the address become free for another user.
    const elsewhere = patch({ op: 'replace', path: 'emails[type eq "work"].value', value: address() });
    refused(await scim('PATCH', `/Users/${id}`, { body: elsewhere }), 409, undefined, 'provisioning.kept');
    refused(await scim('POST', '/Users', { body: { userName } }), 409, 'uniqueness', 'provisioning.taken');
    // What a directory sends before it deletes, and what it goes on to send, is answered as ever.
    const off = patch({ op: 'replace', path: 'active', value: false });
    assert.equal((await scim('PATCH', `/Users/${id}`, { body: off })).body.active, false);
    const named = patch({ op: 'replace', path: 'displayName', value: 'Still off' });
    assert.equal((await scim('PATCH', `/Users/${id}`, { body: named })).body.displayName, 'Still off');
    const { status, inactiveBecause } = await admin.call(getUser, { params });
    assert.deepEqual([status, inactiveBecause], ['inactive', 'administrator']);
    for (const because of ['directory', 'unused']) {
      const { id: other } = await make();
      await db.asOwner(
        "update membership set status = 'inactive', inactive_because = $2 where user_id = $1",
        [other, because],
      );
      assert.equal((await scim('DELETE', `/Users/${other}`)).status, 204, because);
    }
    await admin.call(removeUser, { params });
    assert.equal((await scim('POST', '/Users', { body: { userName } })).status, 201);
  });

  it('keeps the last administrator', async () => {
    const apart = await makeAccount(db, { origin: node.url.origin });
    await db.asOwner('insert into verified_domain (domain, account_id) values ($1, $2)', [
      'apart.example',
      apart.id,
    ]);
    const boss = await makePerson(db, apart, { url: node.url, roles: ['administrator'] });
    await db.asOwner("update membership set email = 'boss@apart.example' where user_id = $1", [boss.userId]);
    const by = (await keyOf(boss)).bearer;
    const [at, off] = [apart.id, patch({ op: 'replace', path: 'active', value: false })];
    refused(
      await scim('PATCH', `/Users/${boss.userId}`, { by, at, body: off }),
      409,
      undefined,
      'access.last-administrator',
    );
    refused(
      await scim('DELETE', `/Users/${boss.userId}`, { by, at }),
      409,
      undefined,
      'access.last-administrator',
    );
  });

  it('puts nobody out who is named to get in without the identity provider', async () => {
    const { id } = await make();
    await db.asOwner(
      `insert into configuration_version (account_id, kind, object_id, version, body)
       select $1, 'settings', $1, coalesce(max(version), 0) + 1, $2 from configuration_version
       where account_id = $1 and kind = 'settings' and object_id = $1`,
      [account.id, JSON.stringify({ 'signin.break-glass-users': [id] })],
    );
    const off = { body: patch({ op: 'replace', path: 'active', value: false }) };
    refused(await scim('PATCH', `/Users/${id}`, off), 409, undefined, 'provisioning.kept');
    refused(await scim('DELETE', `/Users/${id}`), 409, undefined, 'provisioning.kept');
    await setSettings(db, account.id, { 'signin.break-glass-users': [] });
    assert.equal((await scim('DELETE', `/Users/${id}`)).status, 204);
  });

  it('leaves those named to get in without the identity provider what they set it right with, when the directory loses everybody', async () => {
    const [named, colleague] = [await make(), await make()];
    const both = [named.id, colleague.id];
    const group = await makeGroup('Keepers of the house', both);
    const leaders = await makeGroup('Chat leaders', both);
    await setSettings(db, account.id, { 'signin.break-glass-users': [named.id] });
    const out = await scim('PATCH', `/Groups/${leaders.id}`, {
      body: patch({ op: 'remove', path: 'members' }),
    });
    assert.equal(out.status, 200, out.text);
    assert.equal((await scim('DELETE', `/Groups/${group.id}`)).status, 204);
    assert.deepEqual(await rolesOf(colleague.id), []);
    // What does not let anybody set right how one signs in goes.
    assert.deepEqual(await rolesOf(named.id), ['administrator']);
    assert.equal((await audited('provisioning.role-kept', named.id))[0]?.actor.id, key.keyId);
    assert.deepEqual(await audited('provisioning.role-kept', colleague.id), []);
    // The directory is answered as it has it.
    assert.deepEqual((await scim('GET', `/Users/${named.id}`)).body.groups, []);
    await setSettings(db, account.id, { 'signin.break-glass-users': [] });
    const again = patch({ op: 'add', path: 'members', value: [{ value: named.id }] });
    assert.equal((await scim('PATCH', `/Groups/${leaders.id}`, { body: again })).status, 200);
    assert.deepEqual(
      await rolesOf(named.id),
      ['supervisor'],
      'the next change takes it, the name being off the list',
    );
    assert.equal((await scim('DELETE', `/Groups/${leaders.id}`)).status, 204);
  });

  it('does not change the address of somebody who signs in with it', async () => {
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    await db.asOwner('update membership set email = $2 where user_id = $1', [person.userId, address()]);
    const body = patch({ op: 'replace', path: 'emails[type eq "work"].value', value: address() });
    refused(
      await scim('PATCH', `/Users/${person.userId}`, { body }),
      400,
      'mutability',
      'provisioning.immutable',
    );
    const named = await scim('PATCH', `/Users/${person.userId}`, {
      body: patch({ op: 'add', path: 'externalId', value: 'E-1' }),
    });
    assert.equal(named.body.externalId, 'E-1');
  });

  it('attack 40: refuses what does not fit in the words of the protocol, and says nothing of it again', async () => {
    const { id, userName } = await make();
    const cases: [string, string, unknown, string, string][] = [
      ['GET', filtered('Users', 'userName co "x"'), undefined, 'invalidFilter', 'provisioning.filter'],
      ['GET', filtered('Users', 'password eq "x"'), undefined, 'invalidFilter', 'provisioning.filter'],
      [
        'GET',
        filtered('Groups', 'members.display eq "x"'),
        undefined,
        'invalidFilter',
        'provisioning.filter',
      ],
      [
        'GET',
        filtered('Users', `userName eq "${'x'.repeat(600)}"`),
        undefined,
        'invalidSyntax',
        'request.invalid',
      ],
      ['POST', '/Users', {}, 'invalidValue', 'provisioning.value'],
      ['POST', '/Users', { userName: 17 }, 'invalidValue', 'provisioning.value'],
      [
        'POST',
        '/Users',
        { userName: 'secret-marker', active: 'maybe' },
        'invalidValue',
        'provisioning.value',
      ],
      ['POST', '/Users', { userName: address(), active: 'maybe' }, 'invalidValue', 'provisioning.value'],
      ['POST', '/Users', { userName: `a\u0000@${domain}` }, 'invalidValue', 'provisioning.value'],
      ['POST', '/Users', '[]', 'invalidSyntax', 'request.invalid'],
      ['POST', '/Users', '{"userName":', 'invalidSyntax', 'request.malformed'],
      ['POST', '/Users', '{"__proto__":{"active":true}}', 'invalidSyntax', 'request.malformed'],
      ['PATCH', `/Users/${id}`, {}, 'invalidValue', 'provisioning.value'],
      ['PATCH', `/Users/${id}`, patch({ op: 'move', path: 'active' }), 'invalidPath', 'provisioning.path'],
      [
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'add', path: 'a b', value: 1 }),
        'invalidPath',
        'provisioning.path',
      ],
      ['PATCH', `/Users/${id}`, patch({ op: 'remove' }), 'noTarget', 'provisioning.no-target'],
      [
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'replace', path: 'emails[type eq "home"].value', value: address() }),
        'noTarget',
        'provisioning.no-target',
      ],
      [
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'remove', path: 'userName' }),
        'invalidValue',
        'provisioning.value',
      ],
      [
        'PATCH',
        `/Users/${id}`,
        patch(...Array.from({ length: 101 }, () => ({ op: 'add', path: 'title', value: 'x' }))),
        'invalidValue',
        'provisioning.value',
      ],
      ['POST', '/Users', { userName }, 'uniqueness', 'provisioning.taken'],
    ];
    for (const [method, path, body, scimType, code] of cases) {
      const answer = await scim(method, path, { body });
      refused(answer, scimType === 'uniqueness' ? 409 : 400, scimType, code);
      assert.ok(!answer.text.includes('secret-marker'), answer.text);
    }
    const large = await scim('POST', '/Users', { body: { userName: address(), title: 'x'.repeat(70_000) } });
    refused(large, 413, undefined, 'request.too-large');
    const wrong = await scim('POST', '/Users', {
      body: 'userName=x',
      headers: { 'content-type': 'text/plain' },
    });
    refused(wrong, 415, undefined, 'request.media-type');
    const json = await scim('POST', '/Users', {
      body: { userName: address() },
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(json.status, 201, 'plain JSON is taken as well');
  });
});
