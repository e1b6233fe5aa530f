import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  changeRole,
  createRole,
  deleteRole,
  giveRole,
  listGrants,
  withdrawRole,
} from '@samtal/contract/access';
import { changeAccount } from '@samtal/contract/accounts';
import { createAuditDestination, deleteAuditDestination } from '@samtal/contract/audit';
import { changeCannedReply, createCannedReply, deleteCannedReply } from '@samtal/contract/canned-replies';
import {
  compareVersions,
  getVersion,
  listVersions,
  restoreVersion,
  type ConfigurationKind,
} from '@samtal/contract/history';
import { changeQueue, createQueue, deleteQueue, listQueues } from '@samtal/contract/routing';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { Type } from '@samtal/contract/shared';
import { changeSite, createSite as createSiteEndpoint, deleteSite, listSites } from '@samtal/contract/sites';
import { changeUser, getUser, inviteUser, removeUser } from '@samtal/contract/users';
import { acceptInvitation } from '@samtal/contract/signin';
import { sql } from 'kysely';
import { makeAccount, makePerson, request, type Person, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';

describe('the history of what is configured', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let own: { accountId: string };
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'], name: 'Ada' });
    own = { accountId: account.id };
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const versions = async (kind: ConfigurationKind, objectId: string) =>
    (await admin.call(listVersions, { params: own, query: { kind, objectId } })).items;
  const at = (kind: ConfigurationKind, objectId: string, version: number) => ({
    ...own,
    kind,
    objectId,
    version,
  });
  const restore = async (
    person: Person,
    kind: ConfigurationKind,
    objectId: string,
    { version, newest }: { version: number; newest: number },
  ) =>
    await person.try(restoreVersion, {
      params: at(kind, objectId, version),
      body: { newest, reason: 'Back' },
    });
  const code = (answer: { body: unknown }) => (answer.body as { code?: string }).code;
  const siteNow = async (id: string) =>
    (await admin.call(listSites, { params: own })).items.find((site) => site.id === id);

  it('says who changed what, when and why, what it was before, and restores it', async () => {
    const { siteId, siteKey } = account;
    const params = { ...own, siteId };
    await admin.call(changeSite, {
      params,
      body: { name: 'Town', locale: 'sv', version: 1, reason: 'The town has a name' },
    });
    const [newest, first] = await versions('site', siteId);
    assert.ok(newest && first);
    assert.deepEqual(
      [newest.version, newest.newest, newest.what, newest.by, newest.reason, newest.changed, newest.name],
      [
        2,
        true,
        'changed',
        { userId: admin.userId, name: 'Ada' },
        'The town has a name',
        ['name', 'locale'],
        'Town',
      ],
    );
    assert.deepEqual([first.what, first.by, first.newest], ['made', null, false]);
    const { body } = await admin.call(getVersion, { params: at('site', siteId, 1) });
    assert.equal((body as Record<string, unknown>)['name'], 'Site');
    const { differences } = await admin.call(compareVersions, { params: at('site', siteId, 2) });
    assert.deepEqual(
      differences.toSorted((a, b) => (a.path[0] ?? '').localeCompare(b.path[0] ?? '')),
      [
        { path: ['locale'], before: 'en', after: 'sv' },
        { path: ['name'], before: 'Site', after: 'Town' },
      ],
    );
    const restored = await restore(admin, 'site', siteId, { version: 1, newest: 2 });
    assert.equal(restored.status, 200, restored.text);
    const now = await siteNow(siteId);
    assert.deepEqual([now?.name, now?.locale, now?.version, now?.siteKey], ['Site', 'en', 3, siteKey]);
    assert.deepEqual(
      (await versions('site', siteId)).map(({ restoredFrom }) => restoredFrom),
      [1, null, null],
    );
  });

  it('never lets a change overwrite another one silently, nor a restoration, also when both come at once', async () => {
    const queue = await admin.call(createQueue, { params: own, body: { name: 'Permits' } });
    const params = { ...own, queueId: queue.id };
    assert.equal(queue.version, 1);
    const both = await Promise.all(
      [60, 70].map(
        async (priority) =>
          await admin.try(changeQueue, { params, body: { priority, version: queue.version } }),
      ),
    );
    assert.deepEqual(both.map(({ status }) => String(status)).toSorted(), ['200', '409']);
    assert.deepEqual(both.map(code).filter(Boolean), ['history.changed-meanwhile']);
    assert.equal(
      code(await restore(admin, 'queue', queue.id, { version: 1, newest: 1 })),
      'history.changed-meanwhile',
    );
    // Whoever says no version comes after whatever is there: two at once are two.
    const blind = await Promise.all(
      [61, 62].map(async (priority) => await admin.try(changeQueue, { params, body: { priority } })),
    );
    assert.deepEqual(
      blind.map(({ status }) => status),
      [200, 200],
    );
    assert.deepEqual(
      (await versions('queue', queue.id)).map(({ version }) => version),
      [4, 3, 2, 1],
    );
  });

  it('begins with how a thing was found that is older than its history', async () => {
    const id = randomUUID();
    await db.asOwner('insert into canned_reply (account_id, id, shortcut, text) values ($1, $2, $3, $4)', [
      account.id,
      id,
      'old',
      'Old text',
    ]);
    await admin.call(changeCannedReply, {
      params: { ...own, replyId: id },
      body: { text: 'New', version: 0 },
    });
    const [changed, found] = await versions('canned-reply', id);
    assert.deepEqual([changed?.what, found?.what, found?.by], ['changed', 'found', null]);
    assert.deepEqual((await admin.call(getVersion, { params: at('canned-reply', id, 1) })).body, {
      shortcut: 'old',
      text: 'Old text',
    });
  });

  it('makes no version of a change that changes nothing', async () => {
    const { id } = await admin.call(createCannedReply, {
      params: own,
      body: { shortcut: 'same', text: 'Same' },
    });
    await admin.call(changeCannedReply, { params: { ...own, replyId: id }, body: { text: 'Same' } });
    assert.equal((await versions('canned-reply', id)).length, 1);
  });

  it('makes again what was removed, under its own id: site with its key, queue, role, reply, grant', async () => {
    const { siteId, siteKey } = await makeSecondSite();
    await admin.call(deleteSite, { params: { ...own, siteId } });
    assert.equal((await restore(admin, 'site', siteId, { version: 1, newest: 2 })).status, 200);
    assert.equal((await siteNow(siteId))?.siteKey, siteKey);

    const queue = await admin.call(createQueue, { params: own, body: { name: 'Short-lived', priority: 7 } });
    await admin.call(deleteQueue, { params: { ...own, queueId: queue.id } });
    assert.equal((await restore(admin, 'queue', queue.id, { version: 1, newest: 2 })).status, 200);
    const again = (await admin.call(listQueues, { params: own })).items.find(({ id }) => id === queue.id);
    assert.deepEqual([again?.name, again?.priority, again?.version], ['Short-lived', 7, 3]);

    const role = await admin.call(createRole, {
      params: own,
      body: { name: 'Reader', authorisations: ['sites.read'], roles: [] },
    });
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    const grant = await admin.call(giveRole, {
      params: own,
      body: { userId: person.userId, roleId: role.id, scope: {} },
    });
    await admin.call(withdrawRole, { params: { ...own, grantId: grant.id } });
    await admin.call(deleteRole, { params: { ...own, roleId: role.id } });
    const tooEarly = await restore(admin, 'grant', grant.id, { version: 1, newest: 2 });
    assert.equal(code(tooEarly), 'history.not-restorable', 'its role is not there');
    assert.equal((await restore(admin, 'role', role.id, { version: 1, newest: 2 })).status, 200);
    assert.equal((await restore(admin, 'grant', grant.id, { version: 1, newest: 2 })).status, 200);
    assert.equal((await person.try(listSites, { params: own })).status, 200);

    const reply = await admin.call(createCannedReply, {
      params: own,
      body: { shortcut: 'gone', text: 'Gone' },
    });
    await admin.call(deleteCannedReply, { params: { ...own, replyId: reply.id } });
    assert.equal(
      code(await restore(admin, 'canned-reply', reply.id, { version: 2, newest: 2 })),
      'history.not-restorable',
      'a removal',
    );
    assert.equal((await restore(admin, 'canned-reply', reply.id, { version: 1, newest: 2 })).status, 200);
  });

  it('keeps why something was deleted, whatever it was, and with a user why each role went', async () => {
    const { siteId } = await makeSecondSite('Third');
    const queue = await admin.call(createQueue, { params: own, body: { name: 'To be closed' } });
    const fields = { name: 'To be dropped', authorisations: [], roles: [] };
    const role = await admin.call(createRole, { params: own, body: fields });
    const person = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const { userId } = person;
    const given = { userId, roleId: role.id, scope: {}, reason: 'A test' };
    const grant = await admin.call(giveRole, { params: own, body: given });
    const [agentGrant] = (await admin.call(listGrants, { params: own, query: { userId } })).items.filter(
      ({ id }) => id !== grant.id,
    );
    const reply = await admin.call(createCannedReply, {
      params: own,
      body: { shortcut: 'bye', text: 'Bye' },
    });
    const officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
    const { destination } = await officer.call(createAuditDestination, {
      params: own,
      body: { name: 'SIEM', target: { kind: 'webhook', url: 'https://siem.example' }, from: 'now' },
    });
    const because = (what: string) => ({ body: { reason: `No ${what} any more` } });
    await admin.call(deleteSite, { params: { ...own, siteId }, ...because('site') });
    await admin.call(deleteQueue, { params: { ...own, queueId: queue.id }, ...because('queue') });
    await admin.call(withdrawRole, { params: { ...own, grantId: grant.id }, ...because('grant') });
    await admin.call(deleteRole, { params: { ...own, roleId: role.id }, ...because('role') });
    await admin.call(deleteCannedReply, { params: { ...own, replyId: reply.id }, ...because('reply') });
    const destinationId = destination.id;
    await officer.call(deleteAuditDestination, { params: { ...own, destinationId }, ...because('stream') });
    await admin.call(removeUser, { params: { ...own, userId }, ...because('user') });
    for (const [kind, id, what] of [
      ['site', siteId, 'site'],
      ['queue', queue.id, 'queue'],
      ['grant', grant.id, 'grant'],
      ['role', role.id, 'role'],
      ['canned-reply', reply.id, 'reply'],
      ['audit-destination', destinationId, 'stream'],
      ['user', userId, 'user'],
      ['grant', agentGrant?.id ?? '', 'user'],
    ] as const) {
      const [newest] = await versions(kind, id);
      assert.deepEqual(
        [newest?.what, newest?.reason, newest?.by?.userId],
        ['removed', `No ${what} any more`, (what === 'stream' ? officer : admin).userId],
        kind,
      );
    }
  });

  it('deletes without a body as well, and refuses one that says too much, or something else', async () => {
    const { id } = await admin.call(createQueue, { params: own, body: { name: 'Kept for now' } });
    const params = { ...own, queueId: id };
    // As the contract does not let a client of ours call it.
    const loosely = { ...deleteQueue, body: Type.Unknown() };
    const refused = async (body: unknown) => await admin.try(loosely, { params, body });
    for (const body of [{ version: 1 }, { reason: 'a'.repeat(501) }, { reason: null }, []])
      assert.equal(code(await refused(body)), 'request.invalid', JSON.stringify(body).slice(0, 40));
    const asText = await admin.try(deleteQueue, { params, body: {} }, { 'content-type': 'text/plain' });
    assert.equal(code(asText), 'request.media-type');
    assert.equal((await versions('queue', id)).length, 1, 'nothing was deleted');
    assert.equal((await admin.try(deleteQueue, { params })).status, 204);
    assert.deepEqual(
      (await versions('queue', id)).map(({ what, reason }) => [what, reason]),
      [
        ['removed', ''],
        ['made', ''],
      ],
    );
  });

  it('restores by the rules of the change itself, for those alone who may change it', async () => {
    const role = await admin.call(createRole, {
      params: own,
      body: { name: 'Wide', authorisations: ['settings.read', 'audit.read'], roles: [] },
    });
    await admin.call(changeRole, {
      params: { ...own, roleId: role.id },
      body: { authorisations: ['settings.read'] },
    });
    const reader = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
    assert.equal(code(await restore(reader, 'role', role.id, { version: 1, newest: 2 })), 'access.forbidden');
    const narrow = await admin.call(createRole, {
      params: own,
      body: { name: 'Manager', authorisations: ['settings.read', 'access.read', 'access.manage'], roles: [] },
    });
    const manager = await makePerson(db, account, { url: node.url, roles: [] });
    await admin.call(giveRole, {
      params: own,
      body: { userId: manager.userId, roleId: narrow.id, scope: {} },
    });
    assert.equal(
      code(await restore(manager, 'role', role.id, { version: 1, newest: 2 })),
      'access.exceeds-own',
      'it held more than the manager does',
    );
    await admin.call(createQueue, { params: own, body: { name: 'Taken' } });
    const queue = await admin.call(createQueue, { params: own, body: { name: 'Free' } });
    await admin.call(changeQueue, { params: { ...own, queueId: queue.id }, body: { name: 'Freed' } });
    const other = await admin.call(createQueue, { params: own, body: { name: 'free' } });
    assert.equal(code(await restore(admin, 'queue', queue.id, { version: 1, newest: 2 })), 'names.taken');
    assert.equal((await versions('queue', other.id)).length, 1);
    const nobody = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    assert.equal((await nobody.try(listVersions, { params: own })).status, 403);
  });

  it('restores settings of the account, its name and the limit of a user, who is invited anew once removed', async () => {
    const change = async (days: number) => {
      const { version } = await admin.call(getSettings, { params: own });
      return await admin.call(changeSettings, {
        params: own,
        body: { channelId: null, version, set: { 'retention.transcript-days': days }, unset: [], reason: '' },
      });
    };
    await change(5);
    const { version } = await change(6);
    assert.equal(
      (await restore(admin, 'settings', account.id, { version: version - 1, newest: version })).status,
      200,
    );
    const { settings } = await admin.call(getSettings, { params: own });
    assert.equal(settings.find(({ key }) => key === 'retention.transcript-days')?.value, 5);

    await admin.call(changeAccount, { params: own, body: { name: 'New name', version: 1 } });
    const renamed = await admin.try(changeAccount, { params: own, body: { name: 'Other', version: 1 } });
    assert.equal(code(renamed), 'history.changed-meanwhile');
    assert.equal((await restore(admin, 'account', account.id, { version: 1, newest: 2 })).status, 200);

    const person = await makePerson(db, account, { url: node.url, roles: ['agent'], maxConversations: 4 });
    const params = { ...own, userId: person.userId };
    await admin.call(changeUser, { params, body: { maxConversations: 9, version: 0 } });
    const [limited, found] = await versions('user', person.userId);
    assert.deepEqual(
      [limited?.name, limited?.changed, found?.what],
      [person.name, ['maxConversations'], 'found'],
    );
    await admin.call(removeUser, { params });
    assert.equal(
      code(await restore(admin, 'user', person.userId, { version: 1, newest: 3 })),
      'history.not-restorable',
    );
  });

  it('attack 39: lists everything of the account a page at a time, and nothing of another account', async () => {
    const all = [];
    let cursor: string | undefined;
    do {
      const page: {
        items: { kind: string; objectId: string; version: number; at: string }[];
        next: string | null;
      } = await admin.call(listVersions, {
        params: own,
        query: { limit: 7, ...(cursor === undefined ? {} : { cursor }) },
      });
      all.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    const { rows } = await db.asOwner('select from configuration_version where account_id = $1', [
      account.id,
    ]);
    assert.equal(all.length, rows.length);
    assert.equal(
      new Set(all.map(({ kind, objectId, version }) => `${kind} ${objectId} ${version}`)).size,
      rows.length,
    );
    assert.deepEqual(
      all.map(({ at: when }) => when),
      all
        .map(({ at: when }) => when)
        .toSorted()
        .toReversed(),
    );
    const other = await makeAccount(db, { origin: node.url.origin });
    const stranger = await makePerson(db, other, { url: node.url, roles: ['administrator'] });
    assert.equal((await stranger.try(listVersions, { params: own })).status, 404);
    const theirs = { ...at('site', account.siteId, 1), accountId: other.id };
    assert.equal((await stranger.try(getVersion, { params: theirs })).status, 404);
  });

  async function makeSecondSite(name = 'Second'): Promise<{ siteId: string; siteKey: string }> {
    const second = await admin.call(createSiteEndpoint, {
      params: own,
      body: { name, origins: [], queueId: account.queueId },
    });
    return { siteId: second.id, siteKey: second.siteKey };
  }

  it('keeps why something was made, and the status of a user, which is restored', async () => {
    const made = await admin.call(createQueue, { params: own, body: { name: 'Parks', reason: 'Spring' } });
    const role = await admin.call(createRole, {
      params: own,
      body: { name: 'Gardener', authorisations: [], roles: [], reason: 'For the parks' },
    });
    const member = await makePerson(db, account, { url: node.url, roles: ['agent'], name: 'Bo' });
    const grant = await admin.call(giveRole, {
      params: own,
      body: { userId: member.userId, roleId: role.id, scope: {}, reason: 'Bo gardens' },
    });
    for (const [kind, id, reason] of [
      ['queue', made.id, 'Spring'],
      ['role', role.id, 'For the parks'],
      ['grant', grant.id, 'Bo gardens'],
    ] as const)
      assert.equal((await versions(kind, id))[0]?.reason, reason);

    const params = { ...own, userId: member.userId };
    const { version, maxConversations } = await admin.call(changeUser, {
      params,
      body: { status: 'inactive', reason: 'On leave' },
    });
    const [newest] = await versions('user', member.userId);
    assert.deepEqual([newest?.version, newest?.changed, newest?.reason], [version, ['status'], 'On leave']);
    const { body } = await admin.call(getVersion, { params: at('user', member.userId, version) });
    assert.deepEqual(body, { name: 'Bo', maxConversations, status: 'inactive' });
    const restored = await restore(admin, 'user', member.userId, { version: version - 1, newest: version });
    assert.equal(restored.status, 200, restored.text);
    const back = await admin.call(getVersion, { params: at('user', member.userId, version + 1) });
    assert.deepEqual(back.body, { name: 'Bo', maxConversations, status: 'active' });
  });

  it('keeps what a user is called, compares and restores it, and forgets it with the user, everywhere', async () => {
    const mark = `Zyx${randomUUID().slice(0, 8)}`;
    const email = `${randomUUID()}@example.org`;
    const { user, link } = await admin.call(inviteUser, {
      params: own,
      body: { email, name: 'Invited', reason: 'Joins the desk' },
    });
    const params = { ...own, userId: user.id };
    const token = link.split('#')[1] ?? '';
    const acceptance = { token, name: 'Accepted', password: 'blå hästar äter 7 tulpaner' };
    const headers = { origin: node.url.origin };
    const accepted = await request(node.url, acceptInvitation, { body: acceptance, headers });
    assert.equal(accepted.status, 204, accepted.text);
    await admin.call(changeUser, { params, body: { name: `${mark} One`, version: 2, reason: 'Married' } });
    await admin.call(changeUser, { params, body: { name: `${mark} Two` } });
    const known = (await versions('user', user.id)).map(({ what, changed, reason, by }) => [
      what,
      changed.toSorted(),
      reason,
      by?.userId,
    ]);
    assert.deepEqual(known, [
      ['changed', ['name'], '', admin.userId],
      ['changed', ['name'], 'Married', admin.userId],
      ['changed', ['name', 'status'], '', user.id],
      ['made', ['maxConversations', 'name'], 'Joins the desk', admin.userId],
    ]);
    const { differences } = await admin.call(compareVersions, { params: at('user', user.id, 4) });
    assert.deepEqual(differences, [{ path: ['name'], before: `${mark} One`, after: `${mark} Two` }]);
    const restored = await restore(admin, 'user', user.id, { version: 3, newest: 4 });
    assert.equal(restored.status, 200, restored.text);
    assert.equal((await admin.call(getUser, { params })).name, `${mark} One`);
    assert.deepEqual(await tablesHolding(mark), ['membership', 'user_name_version']);

    await admin.call(removeUser, { params, body: { reason: 'Left the town' } });
    assert.deepEqual(await tablesHolding(mark), []);
    assert.deepEqual(
      (await versions('user', user.id)).map(({ what, reason, by, name }) => [what, reason, by?.userId, name]),
      [
        ['removed', 'Left the town', admin.userId, null],
        ['changed', 'Back', admin.userId, null],
        ['changed', '', admin.userId, null],
        ['changed', 'Married', admin.userId, null],
        ['changed', '', user.id, null],
        ['made', 'Joins the desk', admin.userId, null],
      ],
    );
    const { body } = await admin.call(getVersion, { params: at('user', user.id, 3) });
    assert.deepEqual(body, { maxConversations: user.maxConversations, status: 'active' });
    const again = await admin.call(inviteUser, { params: own, body: { email, name: 'Again' } });
    assert.notEqual(again.user.id, user.id, 'whoever was forgotten comes as somebody new');
  });

  it('says nothing of a name in versions that are older than names, and leaves it when they are restored', async () => {
    const person = await makePerson(db, account, { url: node.url, roles: ['agent'], name: 'Now' });
    for (const [version, limit] of [
      [1, 3],
      [2, 4],
    ])
      await db.asOwner(
        `insert into configuration_version (account_id, kind, object_id, version, body)
          values ($1, 'user', $2, $3, jsonb_build_object('maxConversations', $4::int, 'status', 'active'))`,
        [account.id, person.userId, version, limit],
      );
    const params = { ...own, userId: person.userId };
    await admin.call(changeUser, { params, body: { name: 'Now' } });
    assert.equal((await versions('user', person.userId)).length, 2, 'nothing has changed');
    await admin.call(changeUser, { params, body: { name: 'Then', version: 2 } });
    assert.deepEqual(
      (await versions('user', person.userId)).map(({ changed }) => changed.toSorted()),
      [['name'], ['maxConversations'], ['maxConversations', 'status']],
    );
    assert.equal((await restore(admin, 'user', person.userId, { version: 1, newest: 3 })).status, 200);
    const now = await admin.call(getUser, { params });
    assert.deepEqual([now.name, now.maxConversations], ['Then', 3]);
    assert.equal((await restore(admin, 'user', person.userId, { version: 2, newest: 4 })).status, 200);
    assert.equal((await admin.call(getUser, { params })).name, 'Now');
  });

  it('lets nobody who serves requests change or take away what the history says of a name', async () => {
    for (const attempt of [
      "update user_name_version set name = 'Other'",
      'delete from user_name_version',
      'delete from configuration_version',
    ])
      await assert.rejects(
        db.database.transaction(account.id, async (tx) => await sql.raw(attempt).execute(tx.sql)),
        /permission denied/,
        attempt,
      );
  });

  /** Every table of the database in which some row says this. */
  async function tablesHolding(text: string): Promise<string[]> {
    const { rows } = await db.asOwner<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema') order by tablename`,
    );
    const holding = [];
    for (const { schema, name } of rows) {
      const found = await db.asOwner(
        `select from "${schema}"."${name}" each where each::text like '%' || $1 || '%' limit 1`,
        [text],
      );
      if ((found.rowCount ?? 0) > 0) holding.push(name);
    }
    return holding;
  }
});
