import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { endpoints } from '@samtal/contract';
import { giveRole, listRoles, operatorAuthorisations } from '@samtal/contract/access';
import { getAccount } from '@samtal/contract/accounts';
import { findAuditEntries } from '@samtal/contract/audit';
import { createCannedReply } from '@samtal/contract/canned-replies';
import { findConversations, getConversation, postEntry, readEntries } from '@samtal/contract/conversations';
import type { Endpoint } from '@samtal/contract/endpoint';
import {
  approveOperatorAccess,
  endOperatorAccess,
  enterAccount,
  leaveAccount,
  listOperatorAccess,
  listOperatorsPresent,
  refuseOperatorAccess,
} from '@samtal/contract/operator-access';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { changePassword, getElevationWays, getSession, signOut } from '@samtal/contract/signin';
import { startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  request,
  type Answer,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startMailServer } from '../../../test/mail-server.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { approvedAccess, askForAccess, enterAs, entryOf } from '../../../test/operators.ts';
import { setSettings } from '../../../test/settings.ts';
import { eventually, TestSocket } from '../../../test/socket.ts';
import { tellNodes } from '../../command-line/tell-nodes.ts';
import { createLog } from '../../platform/log/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { Messenger } from '../factors/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { endAccess } from './end-access.ts';
import { operatorAccessJobs } from './jobs.ts';

const operator = { kind: 'operator' } as const;

describe('access of operators', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let other: TestAccount;
  let admin: Person;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
  });
  beforeEach(async () => {
    account = await makeAccount(db, { origin: node.url.origin });
    other = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const of = (accessId: string, wanted = account) => ({ params: { accountId: wanted.id, accessId } });
  const here = () => ({ params: { accountId: account.id } });
  const code = (answer: Answer<unknown>) => (answer.body as { code?: string }).code ?? `${answer.status}`;
  const approve = async (accessId: string, minutes = 60, by = admin) =>
    code(await by.try(approveOperatorAccess, { ...of(accessId), body: { minutes } }));
  const asked = async (accessId: string) =>
    (await admin.call(listOperatorAccess, here())).items.find(({ id }) => id === accessId);
  const refused = async (work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof Refusal) return error.code;
      throw error;
    }
    return null;
  };
  /** Something that fits each place in the path of an endpoint. */
  const paramsOf = ({ path }: Endpoint): Record<string, string> => {
    const fitting: Record<string, string> = {
      accountId: account.id,
      kind: 'site',
      authorisation: 'users.read',
      version: '1',
      other: '2',
    };
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return Object.fromEntries(names.map((name) => [name, fitting[name] ?? randomUUID()]));
  };
  const tend = async () => {
    for (const { run } of operatorAccessJobs({
      database: db.database,
      tell: () => undefined,
      sessionsEnded: () => undefined,
    }))
      await run();
  };
  const come = async (accessId: string) => await enterAs(db, account.id, { accessId, url: node.url });

  it('attack 44: is none before somebody of the account has approved it, and the operator cannot', async () => {
    const accessId = await askForAccess(db, account.id);
    assert.equal(
      await refused(async () => await entryOf(db, account.id, accessId)),
      'operator-access.not-open',
    );
    assert.equal((await asked(accessId))?.state, 'requested');
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent', 'privacy-officer'] });
    assert.equal(await approve(accessId, 60, agent), 'access.forbidden');
    const lowered = await makePerson(db, account, {
      url: node.url,
      roles: ['administrator'],
      elevated: false,
    });
    assert.equal(await approve(accessId, 60, lowered), 'signin.elevation-required');
    const stranger = await makePerson(db, other, { url: node.url, roles: ['administrator'] });
    assert.equal(await approve(accessId, 60, stranger), 'not-found', 'of another account');
    const elsewhere = await stranger.try(approveOperatorAccess, {
      ...of(accessId, other),
      body: { minutes: 60 },
    });
    assert.equal(code(elsewhere), 'not-found', 'through another account');

    const { rows } = await db.asOwner<{ email: string }>('select email from identity where id = $1', [
      admin.userId,
    ]);
    const own = await askForAccess(db, account.id, { email: (rows[0]?.email ?? '').toUpperCase() });
    assert.equal(await approve(own), 'operator-access.own', 'the operator is the administrator');

    const within = await come(await approvedAccess(db, account.id, { authorisations: ['settings.read'] }));
    assert.equal(await approve(accessId, 60, within), 'access.forbidden', 'an operator who is in already');
    assert.equal(await approve(accessId), '200');
    assert.equal(await approve(accessId), 'operator-access.not-open', 'once');
    assert.equal(code(await admin.try(refuseOperatorAccess, of(accessId))), 'operator-access.not-open');
  });

  it('attack 44: is what was approved, in this account alone, and on its audit trail as an operator’s', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, {
      body: { cid: randomUUID(), text: 'My secret' },
    });
    const conversation = { params: { accountId: account.id, conversationId: id } };
    const accessId = await askForAccess(db, account.id, {
      authorisations: ['conversations.read', 'conversations.find', 'canned-replies.manage', 'audit.read'],
    });
    assert.equal(await approve(accessId, 30), '200', 'shorter than asked for');
    const kim = await come(accessId);
    const session = await kim.call(getSession, {});
    assert.deepEqual(
      session.accounts.map((each) => each.id),
      [account.id],
    );
    const minutes = (Date.parse(session.operator?.endsAt ?? '') - Date.now()) / 60_000;
    assert.ok(minutes > 28 && minutes <= 30, `${minutes}`);
    assert.match(JSON.stringify(await kim.call(readEntries, conversation)), /My secret/);
    await kim.call(createCannedReply, { ...here(), body: { shortcut: 'hej', text: 'Hej!' } });
    for (const answer of [await kim.try(getSettings, here()), await kim.try(listOperatorAccess, here())])
      assert.equal(code(answer), 'access.forbidden', 'what was not asked for');
    for (const answer of [
      await kim.try(getAccount, { params: { accountId: other.id } }),
      await kim.try(findConversations, { params: { accountId: other.id } }),
    ])
      assert.equal(code(answer), 'not-found', 'another account');
    const body = { cid: randomUUID(), kind: 'note' as const, text: 'I was here' };
    assert.equal(
      code(await kim.try(postEntry, { ...conversation, body })),
      'operator-access.not-for-operators',
      'takes no part',
    );

    let entries = await kim.call(findAuditEntries, here());
    await eventually(async () => {
      entries = await kim.call(findAuditEntries, here());
      return entries.items.some(({ action }) => action === 'canned-replies.created');
    }, 'what the operator did is on the trail');
    const theirs = entries.items.filter(({ actor }) => actor.id === accessId);
    assert.deepEqual(
      [...new Set(theirs.map(({ actor }) => `${actor.kind} ${actor.name}`))],
      ['operator Kim Berg'],
    );
    const actions = theirs.map(({ action }) => action);
    for (const action of [
      'operator-access.entered',
      'conversations.transcript-read',
      'canned-replies.created',
    ])
      assert.ok(actions.includes(action), `${action} in ${actions.join()}`);
    const approval = entries.items.find(({ action }) => action === 'operator-access.approved');
    assert.equal(approval?.actor.id, admin.userId);
    assert.equal(approval?.details['elevatedBy'], 'password');
    assert.ok(!JSON.stringify(entries).includes('The queues stand still'), 'no words on the trail');
  });

  it('attack 44: gives nothing that would outlast it, and nothing sensitive', async () => {
    assert.equal(
      await refused(
        async () =>
          await askForAccess(db, account.id, {
            authorisations: [
              'users.manage',
              'access.manage',
              'api-keys.manage',
              'audit.stream',
              'operators.admit',
            ],
          }),
      ),
      'operator-access.nothing-left',
    );
    const accessId = await askForAccess(db, account.id, {
      authorisations: ['settings.manage', 'settings.read', 'access.manage', 'access.read', 'users.manage'],
    });
    assert.deepEqual((await asked(accessId))?.authorisations.toSorted(), [
      'access.read',
      'settings.manage',
      'settings.read',
    ]);
    await approve(accessId);
    // Whoever reaches the table by itself gives no more.
    await db.asOwner(
      "update operator_access set authorisations = authorisations || '{access.manage}' where id = $1",
      [accessId],
    );
    const kim = await come(accessId);
    const role = (await kim.call(listRoles, here())).items[0]?.id ?? '';
    const grant = { userId: admin.userId, roleId: role, scope: {} };
    assert.equal(code(await kim.try(giveRole, { ...here(), body: grant })), 'access.forbidden');
    const settings = async (set: object) =>
      code(
        await kim.try(changeSettings, {
          ...here(),
          body: {
            channelId: null,
            version: (await kim.call(getSettings, here())).version,
            set,
            unset: [],
            reason: 'asked for',
          },
        }),
      );
    assert.equal(await settings({ 'conversations.tags': ['mended'] }), '200');
    assert.equal(await settings({ 'retention.transcript-days': 300 }), 'operator-access.not-for-operators');
    assert.equal(code(await kim.try(getElevationWays, {})), 'operator-access.not-for-operators');
    const passwords = { current: 'x', next: 'the correct horse' };
    assert.equal(
      code(await kim.try(changePassword, { body: passwords })),
      'operator-access.not-for-operators',
    );
  });

  it('attack 44: admits an operator who has all that operators can be given to no endpoint beyond that', async () => {
    const kim = await come(await approvedAccess(db, account.id, { authorisations: operatorAuthorisations }));
    const given: readonly string[] = operatorAuthorisations;
    let refusals = 0;
    for (const endpoint of endpoints) {
      const { access, forOperators, sensitive } = endpoint;
      if (access === 'anyone' || access === 'visitor') continue;
      const held = typeof access !== 'object' || given.includes(access.holding);
      const expected =
        access === 'signed-in' && forOperators !== true
          ? 'operator-access.not-for-operators'
          : !held
            ? 'access.forbidden'
            : sensitive === true
              ? 'operator-access.not-for-operators'
              : null;
      if (expected === null) continue;
      const answer = await kim.try(endpoint, { params: paramsOf(endpoint) });
      // What is sensitive is judged after the body, which none was sent of here.
      if (held && access !== 'signed-in') assert.ok(answer.status >= 400, endpoint.id);
      else assert.equal(code(answer), endpoint.scim === true ? '403' : expected, endpoint.id);
      refusals += 1;
    }
    assert.ok(refusals > 60, `${refusals} were tried`);
  });

  it('attack 44: is no more than the approver could give, and no longer than the account and the request say', async () => {
    await db.asOwner("delete from role_allows where account_id = $1 and authorisation = 'access.entrust'", [
      account.id,
    ]);
    const reading = await askForAccess(db, account.id, { authorisations: ['conversations.read'] });
    assert.equal(await approve(reading), 'access.exceeds-own', 'an administrator reads no conversations');
    const held = await askForAccess(db, account.id, { authorisations: ['settings.read'], minutes: 120 });
    assert.equal(await approve(held, 121), 'operator-access.too-long', 'than was asked for');
    await setSettings(db, account.id, { 'operators.longest-access-hours': 1 });
    assert.equal(await approve(held, 120), 'operator-access.too-long', 'than the account allows by now');
    const tooLong = async (minutes: number) =>
      await refused(async () => await askForAccess(db, account.id, { minutes }));
    assert.equal(await tooLong(61), 'operator-access.too-long');
    assert.equal(await tooLong(4), 'operator-access.too-long');
    assert.equal(await tooLong(Number.NaN), 'operator-access.too-long');
    assert.equal(await approve(held, 60), '200');
  });

  it('is opened by a link that is good once, soon, and while it lasts', async () => {
    const accessId = await approvedAccess(db, account.id);
    const enter = async (token: string, origin = node.url.origin) =>
      code(await request(node.url, enterAccount, { body: { token }, headers: { origin } }));
    const first = await entryOf(db, account.id, accessId);
    const token = await entryOf(db, account.id, accessId);
    assert.equal(await enter(first), 'operator-access.link-invalid', 'there is a newer one');
    assert.equal(await enter('a'.repeat(43)), 'operator-access.link-invalid');
    assert.equal(await enter(token, 'https://attacker.example'), 'request.origin');
    const all = await Promise.all(Array.from({ length: 4 }, async () => await enter(token)));
    assert.deepEqual(
      all.filter((each) => each === '201'),
      ['201'],
      'once',
    );
    const late = await entryOf(db, account.id, accessId);
    await db.asOwner(
      "update operator_access set token_expires_at = now() - interval '1 second' where id = $1",
      [accessId],
    );
    assert.equal(await enter(late), 'operator-access.link-invalid');
    const { rows } = await db.asOwner<{ row: string }>(
      'select operator_access::text as row from operator_access',
    );
    assert.ok(
      rows.every(({ row }) => !row.includes(late)),
      'the hash alone is kept',
    );
    const over = await entryOf(db, account.id, accessId);
    await db.asOwner("update operator_access set ends_at = now() - interval '1 second' where id = $1", [
      accessId,
    ]);
    assert.equal(await enter(over), 'operator-access.link-invalid');
  });

  it('attack 44: ends by itself at its instant, with whatever stands on it, and lapses when nobody decides', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    const accessId = await approvedAccess(db, account.id, {
      authorisations: ['conversations.read', 'conversations.find'],
    });
    const kim = await come(accessId);
    await db.asOwner("update operator_access set ends_at = now() + interval '3 seconds' where id = $1", [
      accessId,
    ]);
    const socket = await TestSocket.asAgent(kim);
    socket.send({ t: 'sub', streams: [{ stream: `${id}:public`, after: 0 }] });
    await socket.next((frame) => frame.t === 'entries');
    assert.equal(await socket.closed(5_000), 1008);
    assert.ok(socket.frames.some((frame) => frame.t === 'bye' && frame.code === 'signin.required'));
    const conversation = { params: { accountId: account.id, conversationId: id } };
    assert.equal(code(await kim.try(getConversation, conversation)), 'not-found');
    assert.equal(code(await kim.try(getSession, {})), 'signin.required');
    assert.equal((await asked(accessId))?.state, 'ended', 'before anything was done about it');
    assert.equal(
      await refused(async () => await entryOf(db, account.id, accessId)),
      'operator-access.not-open',
    );
    await tend();
    const { rows } = await db.asOwner('select from session where user_id = $1', [accessId]);
    assert.equal(rows.length, 0);
    assert.equal((await asked(accessId))?.endedBy, 'time');

    const forgotten = await askForAccess(db, account.id);
    await db.asOwner("update operator_access set lapses_at = now() - interval '1 second' where id = $1", [
      forgotten,
    ]);
    assert.equal(await approve(forgotten), 'operator-access.not-open');
    await tend();
    assert.equal((await asked(forgotten))?.state, 'lapsed');
    const { rows: trail } = await db.asOwner<{ action: string }>(
      `select body::jsonb ->> 'action' as action from (select body from audit_outbox union all select body from audit_entry) each
       where body::jsonb -> 'subject' ->> 'id' = any($1)`,
      [[accessId, forgotten]],
    );
    for (const action of ['operator-access.ended', 'operator-access.lapsed'])
      assert.ok(
        trail.some((each) => each.action === action),
        action,
      );
  });

  it('attack 44: is ended by either side at once, with an open socket', async () => {
    for (const by of ['account', 'operator', 'command line'] as const) {
      const accessId = await approvedAccess(db, account.id, { authorisations: ['conversations.read'] });
      const kim = await come(accessId);
      const again = await come(accessId);
      const socket = await TestSocket.asAgent(again);
      if (by === 'account') await admin.call(endOperatorAccess, of(accessId));
      else if (by === 'operator') await kim.call(leaveAccount, {});
      else {
        const ended = await db.database.transaction(
          'platform',
          async (tx) => await endAccess(tx, account.id, { accessId, actor: operator, by: 'operator' }),
        );
        const nodes = tellNodes(db.database);
        for (const session of ended) nodes.fanout.announce({ kind: 'recheck', session });
        await nodes.told();
      }
      assert.equal(await socket.closed(2_000), 1008, by);
      assert.equal(code(await again.try(getAccount, here())), 'signin.required');
      assert.equal((await asked(accessId))?.endedBy, by === 'account' ? 'account' : 'operator');
      assert.equal(code(await admin.try(endOperatorAccess, of(accessId))), 'operator-access.not-open');
      assert.equal(
        await refused(async () => await entryOf(db, account.id, accessId)),
        'operator-access.not-open',
      );
    }
    assert.equal(code(await admin.try(leaveAccount, {})), 'not-found', 'a user is no operator');
  });

  it('is seen by every member while it lasts, from when the operator came in', async () => {
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const present = async () =>
      (await agent.call(listOperatorsPresent, here())).items.map(({ name }) => name);
    const accessId = await approvedAccess(db, account.id);
    assert.deepEqual(await present(), []);
    const kim = await come(accessId);
    assert.deepEqual(await present(), ['Kim Berg']);
    await kim.call(signOut, {});
    assert.deepEqual(await present(), ['Kim Berg'], 'may come back');
    await admin.call(endOperatorAccess, of(accessId));
    assert.deepEqual(await present(), []);
  });

  it('goes with the account’s suspension, and is forgotten with the audit trail; the operator with its end', async () => {
    const accessId = await approvedAccess(db, account.id);
    const kim = await come(accessId);
    await db.asOwner("update account set status = 'suspended' where id = $1", [account.id]);
    assert.equal(code(await kim.try(getAccount, here())), 'not-found');
    await db.asOwner("update account set status = 'active' where id = $1", [account.id]);
    await admin.call(endOperatorAccess, of(accessId));
    await setSettings(db, account.id, { 'retention.audit-days': 60 });
    const backdate = async (days: number) =>
      await db.asOwner(
        `update operator_access set requested_at = now() - make_interval(days => $2),
           ended_at = now() - make_interval(days => $2) where id = $1`,
        [accessId, days],
      );
    await backdate(59);
    await tend();
    assert.ok(await asked(accessId));
    await backdate(61);
    await tend();
    assert.equal(await asked(accessId), undefined);
  });

  it('tells those who may decide by mail, once, with neither the reason nor the operator in it', async () => {
    const mail = await startMailServer();
    const messenger = new Messenger({
      database: db.database,
      keyring: db.keyring,
      outbound: new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] }),
      publicUrl: node.url,
      log: createLog({ level: 'error' }),
    });
    try {
      await setUpMail(db, mail);
      await askForAccess(db, account.id);
      const [job] = operatorAccessJobs({
        database: db.database,
        tell: (email, name) =>
          messenger.noticeLater(email, {
            key: 'operator-request',
            values: { account: name, page: new URL('/admin/operators', node.url).href },
          }),
        sessionsEnded: () => undefined,
      });
      await job?.run();
      await job?.run();
      await messenger.settle();
      const { rows } = await db.asOwner<{ email: string }>(
        'select email from membership where user_id = $1',
        [admin.userId],
      );
      const own = mail.received.filter(({ to }) => to.includes(rows[0]?.email ?? ''));
      assert.equal(own.length, 1);
      assert.match(own[0]?.text ?? '', /\/admin\/operators/);
      assert.doesNotMatch(own[0]?.text ?? '', /Kim Berg|The queues/);
    } finally {
      await mail.close();
    }
  });
});
