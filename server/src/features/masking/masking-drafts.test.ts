import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRole, giveRole, type Authorisation } from '@samtal/contract/access';
import { getMasking, previewMasking, publishMasking, type AccountRule } from '@samtal/contract/masking';
import { changeSettings } from '@samtal/contract/settings';
import { startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';

const rule = (id: string, pattern: string): AccountRule => ({
  id,
  name: id,
  pattern,
  ignoreCase: true,
  action: 'keep-last',
  keep: 2,
  enabled: true,
});
const customer = rule('customer', String.raw`\bKD\d{4}`);

describe('drafts of what is masked', () => {
  let db: TestDatabase;
  let node: TestNode;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  async function stage(): Promise<{ account: TestAccount; admin: Person; own: { accountId: string } }> {
    const account = await makeAccount(db, { origin: node.url.origin });
    const admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    return { account, admin, own: { accountId: account.id } };
  }

  /** Somebody with a role of their own. */
  async function personWith(account: TestAccount, giver: Person, authorisations: Authorisation[]) {
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    const params = { accountId: account.id };
    const { id: roleId } = await giver.call(createRole, {
      params,
      body: { name: `Role ${randomUUID()}`, authorisations, roles: [] },
    });
    await giver.call(giveRole, {
      params,
      body: { userId: person.userId, roleId, scope: {}, reason: 'A test' },
    });
    return person;
  }

  async function say(account: TestAccount, text: string): Promise<string> {
    const visitor = await makeVisitor(db, account, node.url);
    return (await visitor.call(startConversation, { body: { cid: randomUUID(), text } })).id;
  }

  const code = (answer: { body: unknown }) => (answer.body as { code?: string }).code;

  it('are published by who holds masking.manage, as a version with a reason, and change no other setting', async () => {
    const { account, admin, own } = await stage();
    const writer = await personWith(account, admin, ['settings.read', 'masking.manage']);
    await setSettings(db, account.id, { 'retention.transcript-days': 9 });
    const { version } = await writer.call(getMasking, { params: own });
    const body = {
      channelId: null,
      version,
      set: { 'masking.rules': [customer] },
      unset: [],
      reason: 'Customers tell their numbers',
    };
    const state = await writer.call(publishMasking, { params: own, body });
    assert.deepEqual(state.settings.find(({ key }) => key === 'masking.rules')?.value, [customer]);
    assert.equal(state.version, version + 1);

    const reader = await personWith(account, admin, ['settings.read']);
    assert.equal(code(await reader.try(publishMasking, { params: own, body })), 'access.forbidden');
    assert.equal(
      code(await writer.try(publishMasking, { params: own, body })),
      'history.changed-meanwhile',
      'from an older version',
    );
    const now = { ...body, version: version + 1 };
    assert.equal(
      (await writer.try(publishMasking, { params: own, body: { ...now, reason: ' ' } })).status,
      400,
    );
    const other = { ...now, set: { 'retention.transcript-days': 1 } as object };
    assert.equal((await writer.try(publishMasking, { params: own, body: other })).status, 400);
    assert.equal(code(await writer.try(changeSettings, { params: own, body: other })), 'access.forbidden');
    const refused = await writer.try(publishMasking, {
      params: own,
      body: { ...now, set: { 'masking.rules': [customer, rule('open', '(a')] } },
    });
    assert.match(refused.text, /\/body\/set\/masking\.rules\/1.*syntax/);
  });

  it('say which rules are not used any more because they were too slow', async () => {
    const { account, admin, own } = await stage();
    await setSettings(db, account.id, { 'masking.rules': [customer, rule('slow', '[^b]*b|a')] });
    assert.deepEqual((await admin.call(getMasking, { params: own })).stopped, []);
    await db.asOwner(
      `insert into masking_strike (account_id, rule_digest, strikes)
       values ($1, sha256(convert_to($2, 'UTF8')), 3)`,
      [account.id, JSON.stringify(['slow', '[^b]*b|a', true])],
    );
    assert.deepEqual((await admin.call(getMasking, { params: own })).stopped, ['slow']);
  });

  it('are previewed on the newest texts, and what they would mask is shown and nothing else of it kept', async () => {
    const { account, admin, own } = await stage();
    const supervisor = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor', 'administrator'],
    });
    const first = await say(account, 'I am KD4711, my card is 4111 1111 1111 1111');
    await say(account, 'Nothing to see here');
    const draft = { channelId: null, set: { 'masking.rules': [customer] }, unset: [] };
    const preview = await supervisor.call(previewMasking, {
      params: own,
      body: { ...draft, reason: 'before-publishing' },
    });
    assert.deepEqual([preview.looked, preview.unreadable, preview.items.length], [2, 0, 1]);
    const [item] = preview.items;
    assert.ok(item);
    assert.equal(item.text, 'I am ****11, my card is **** **** **** 1111');
    assert.deepEqual(
      item.masked.map(({ start, end, ruleId }) => [item.text.slice(start, end), ruleId]),
      [['****11', 'customer']],
    );
    const { rows } = await db.asOwner<{ body: string }>(
      `select body::text as body from audit_outbox where account_id = $1 and body::text like '%masking.previewed%'
       union all select body::text from audit_entry where account_id = $1 and body::text like '%masking.previewed%'`,
      [account.id],
    );
    assert.equal(rows.length, 1);
    const details = (JSON.parse(rows[0]!.body) as { details: unknown }).details;
    assert.deepEqual(details, {
      reason: 'before-publishing',
      looked: 2,
      found: 1,
      shown: [first],
      elevatedBy: 'password',
    });
    assert.equal(
      code(await admin.try(previewMasking, { params: own, body: { ...draft, reason: 'before-publishing' } })),
      'access.forbidden',
      'an administrator reads no transcripts',
    );
    const slow = { ...draft, set: { 'masking.rules': [rule('slow', '[^b]*b|a')] } };
    const refused = await supervisor.try(previewMasking, {
      params: own,
      body: { ...slow, reason: 'before-publishing' },
    });
    assert.match(refused.text, /masking\.rules\/0.*too-slow/);
  });

  it('are previewed within the scope in which one may read, and of a channel on its texts alone', async () => {
    const { account, own } = await stage();
    await say(account, 'Number KD4711');
    const [near, far] = await Promise.all(
      [account.queueId, randomUUID()].map(async (queue) => {
        const person = await makePerson(db, account, {
          url: node.url,
          roles: ['supervisor'],
          scope: { queue: [queue] },
        });
        const { rows } = await db.asOwner<{ id: string }>(
          "select id from role where account_id = $1 and built_in = 'administrator'",
          [account.id],
        );
        await db.asOwner(
          'insert into role_grant (account_id, id, user_id, role_id) values ($1, $2, $3, $4)',
          [account.id, randomUUID(), person.userId, rows[0]?.id],
        );
        return person;
      }),
    );
    const look = async (person: Person, channelId: string | null) =>
      await person.call(previewMasking, {
        params: own,
        body: { channelId, set: { 'masking.rules': [customer] }, unset: [], reason: 'too-little-masked' },
      });
    assert.equal((await look(near!, null)).items.length, 1);
    assert.equal((await look(near!, account.siteId)).items.length, 1);
    assert.deepEqual(await look(far!, null), { looked: 0, unreadable: 0, items: [] });
    // The channel says something of its own, which a draft of the account does not reach.
    await setSettings(db, account.id, { 'masking.rules': [] }, account.siteId);
    assert.equal((await look(near!, null)).items.length, 0);
    assert.equal((await look(near!, account.siteId)).items.length, 1);
  });
});
