import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  changeTags,
  findConversations,
  getConversation,
  listTags,
  readEntries,
  resolveConversation,
  takeConversation,
} from '@samtal/contract/conversations';
import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import {
  findByAttributes,
  getProfile,
  listAttributes,
  type DeclaredAttribute,
} from '@samtal/contract/visitors';
import { getWidgetConfiguration, identifyVisitor, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Answer,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { CiphertextError, ConversationKeys } from '../../platform/keys/index.ts';
import { openValue } from './attribute-value.ts';
import { findConversationsByAttribute } from './index.ts';
import { tidyAttributes } from './tidy-attributes.ts';

const email: DeclaredAttribute = {
  key: 'email',
  label: 'E-mail address',
  purpose: 'To answer after the conversation',
  category: 'contact',
  indexed: true,
};
const customer: DeclaredAttribute = { ...email, key: 'customer', label: 'Customer', category: 'customer' };
const unindexed: DeclaredAttribute = { ...email, key: 'tier', label: 'Tier', indexed: false };

describe('the profile of a visitor', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let supervisor: Person;
  const kept = keptLog();

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log });
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    await declare(email, customer, unindexed);
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  async function set(person: Person, overrides: SettingOverrides): Promise<void> {
    const params = { accountId: person.accountId };
    const { version } = await person.call(getSettings, { params });
    await person.call(changeSettings, {
      params,
      body: { channelId: null, version, set: overrides, unset: [], reason: '' },
    });
  }
  const declare = async (...attributes: DeclaredAttribute[]) =>
    await set(admin, { 'visitors.attributes': attributes });

  /** A conversation of a new visitor of whom this is known. */
  async function begun(attributes: Record<string, string | null>, of = account) {
    const visitor = await makeVisitor(db, of, node.url);
    const { id } = await visitor.call(startConversation, {
      body: { cid: randomUUID(), text: 'Hello', attributes },
    });
    return { visitor, id, params: { accountId: of.id, conversationId: id } };
  }
  async function valuesOf(person: Person, id: string): Promise<Record<string, string>> {
    const { items } = await person.call(getProfile, {
      params: { accountId: person.accountId, conversationId: id },
    });
    return Object.fromEntries(items.map((item) => [item.key, item.value]));
  }
  async function rowsOf(id: string) {
    const { rows } = await db.asOwner<{ key: string; value: Buffer; blind_index: Buffer | null }>(
      'select key, value, blind_index from visitor_attribute where conversation_id = $1 order by key',
      [id],
    );
    return rows;
  }
  const found = async (person: Person, key: string, value: string) =>
    (
      await person.call(findByAttributes, {
        params: { accountId: person.accountId },
        body: { attributes: [{ key, value }] },
      })
    ).items.map((item) => item.id);

  it('holds what the page says at the start and later, and tells the agents which attributes changed', async () => {
    const { visitor, id, params } = await begun({ email: 'Ann@Example.org' });
    await supervisor.call(takeConversation, { params });
    assert.deepEqual(await valuesOf(supervisor, id), { email: 'Ann@Example.org' });
    await visitor.call(identifyVisitor, { body: { attributes: { customer: 'C-17', tier: 'gold' } } });
    await visitor.call(identifyVisitor, { body: { attributes: { customer: 'C-17', tier: 'gold' } } });
    await visitor.call(identifyVisitor, { body: { attributes: { tier: null, email: 'bo@example.org' } } });
    assert.deepEqual(await valuesOf(supervisor, id), { email: 'bo@example.org', customer: 'C-17' });
    const { entries } = await supervisor.call(readEntries, { params, query: { audience: 'internal' } });
    assert.deepEqual(
      entries.flatMap((entry) => (entry.kind === 'profile' ? [entry.body.keys] : [])),
      [['email'], ['customer', 'tier'], ['tier', 'email']],
      'what stays as it was is not told',
    );
    const { items } = await supervisor.call(getProfile, { params });
    assert.equal(items[0]?.purpose, email.purpose);
  });

  it('takes nothing that is not declared, and then stores nothing at all', async () => {
    const { visitor, id } = await begun({ email: 'ann@example.org' });
    const refused = await visitor.try(identifyVisitor, {
      body: { attributes: { customer: 'C-1', 'national-id': '19900101-1234' } },
    });
    assert.equal(refused.status, 422);
    assert.equal(codeOf(refused), 'visitors.undeclared-attribute');
    assert.match(refused.text, /\/body\/attributes\/national-id/);
    assert.doesNotMatch(refused.text, /19900101/);
    assert.deepEqual(Object.keys(await valuesOf(supervisor, id)), ['email']);
    const other = await makeVisitor(db, account, node.url);
    const start = await other.try(startConversation, {
      body: { cid: randomUUID(), text: 'Hello', attributes: { 'national-id': '19900101-1234' } },
    });
    assert.equal(start.status, 422);
    const { rows } = await db.asOwner<{ count: number }>(
      'select count(*)::int as count from conversation where visitor_id = $1',
      [other.visitorId],
    );
    assert.equal(rows[0]?.count, 0, 'no conversation either');
  });

  it('takes no value that is too long, empty, no text, or under a key that is none', async () => {
    const { visitor, id } = await begun({});
    for (const attributes of [
      { email: 'x'.repeat(501) },
      { email: '' },
      { email: '  ' },
      { email: 17 },
      { Email: 'x' },
      { ['__proto__x']: 'x' },
      Object.fromEntries(Array.from({ length: 31 }, (_, index) => [`key-${index}`, 'x'])),
    ]) {
      const answer = await visitor.try(identifyVisitor, { body: { attributes } });
      assert.equal(answer.status, 400, answer.text);
    }
    assert.deepEqual(await rowsOf(id), []);
  });

  it('is only said of an open conversation of the visitor’s own', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const nothing = await visitor.try(identifyVisitor, { body: { attributes: { tier: 'gold' } } });
    assert.equal(nothing.status, 404);
    const ended = await begun({});
    await supervisor.call(resolveConversation, { params: ended.params });
    const late = await ended.visitor.try(identifyVisitor, { body: { attributes: { tier: 'gold' } } });
    assert.equal(codeOf(late), 'conversations.closed');
    assert.deepEqual(await rowsOf(ended.id), []);
  });

  it('is read by the agent who has the conversation, and by others with the authorisation in their scope', async () => {
    const { id, params } = await begun({ email: 'ann@example.org' });
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const waiting = await agent.try(getProfile, { params });
    assert.equal(waiting.status, 403, 'a conversation that only waits');
    await agent.call(takeConversation, { params });
    assert.deepEqual(await valuesOf(agent, id), { email: 'ann@example.org' });
    const analyst = await makePerson(db, account, { url: node.url, roles: ['analyst'] });
    assert.equal((await analyst.try(getProfile, { params })).status, 403);
    const elsewhere = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor'],
      scope: { queue: [randomUUID()] },
    });
    assert.equal((await elsewhere.try(getProfile, { params })).status, 404);
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where body like '%profile-read%' union all
       select body from audit_entry where body like '%profile-read%'`,
    );
    assert.ok(rows.some(({ body }) => body.includes(agent.userId) && body.includes(id)));
    assert.ok(!rows.some(({ body }) => body.includes('ann@example.org')));
  });

  it('finds conversations whatever the case, the width and the spaces of the value', async () => {
    const { id } = await begun({ email: ' Straße@Example.ORG', customer: 'Ⅳ 12-34' });
    for (const value of ['strasse@example.org', 'STRASSE@EXAMPLE.ORG\u200b', 'straße@ｅxample.org '])
      assert.ok((await found(supervisor, 'email', value)).includes(id), value);
    assert.deepEqual(await found(supervisor, 'customer', 'iv12-34'), [id]);
    assert.deepEqual(await found(supervisor, 'customer', 'iv1234'), []);
    assert.deepEqual(await found(supervisor, 'customer', 'strasse@example.org'), [], 'another attribute');
    assert.deepEqual(await found(supervisor, 'email', '\u200b'), []);
    const refused = await supervisor.try(findByAttributes, {
      params: { accountId: account.id },
      body: { attributes: [{ key: 'tier', value: 'gold' }] },
    });
    assert.equal(codeOf(refused), 'visitors.attribute-not-indexed');
  });

  it('is masked like any other text, and finds nobody by what was masked', async () => {
    const { id, visitor } = await begun({
      tier: 'gold, card 4111 1111 1111 1111',
      email: 'bo@example.org and 811218-9876',
    });
    await visitor.call(identifyVisitor, { body: { attributes: { customer: '811218-9876' } } });
    assert.deepEqual(await valuesOf(supervisor, id), {
      tier: 'gold, card **** **** **** 1111',
      email: 'bo@example.org and ******-****',
      customer: '******-****',
    });
    assert.deepEqual(
      (await rowsOf(id)).map(({ key, blind_index }) => [key, blind_index]),
      [
        ['customer', null],
        ['email', null],
        ['tier', null],
      ],
    );
    assert.deepEqual(await found(supervisor, 'customer', '******-****'), []);
    assert.deepEqual(await found(supervisor, 'customer', '811218-9876'), []);
    await db.database.transaction(account.id, async (tx) => {
      const keys = new ConversationKeys(db.keyring);
      await tidyAttributes(tx, { keys, keyring: db.keyring }, account.id);
    });
    assert.ok(
      (await rowsOf(id)).every(({ blind_index }) => blind_index === null),
      'nor later',
    );
  });

  it('keeps a value that is what its attribute is declared to hold, and nothing else', async () => {
    const there = await makeAccount(db, { origin: node.url.origin });
    const theirAdmin = await makePerson(db, there, { url: node.url, roles: ['administrator', 'supervisor'] });
    const rule = {
      id: 'r',
      name: 'R',
      pattern: 'K-\\d+',
      ignoreCase: true,
      action: 'mask',
      keep: 0,
      enabled: true,
    };
    await set(theirAdmin, {
      'visitors.attributes': [
        { ...email, holds: 'email' },
        { ...customer, holds: 'identifier' },
        { ...customer, key: 'person', holds: 'id-se' },
        { ...customer, key: 'other' },
      ],
      'masking.detectors': ['email', 'id-se', 'id-dk'],
      'masking.rules': [rule as never],
      'redaction.mode': 'hours',
      'redaction.least-digits': 4,
    });
    const kept = {
      email: 'bo@example.org',
      customer: 'K-471100',
      person: '811218-9876',
    };
    const one = await begun({ ...kept, other: 'K-471100' }, there);
    assert.deepEqual(await valuesOf(theirAdmin, one.id), { ...kept, other: '********' });
    for (const [key, value] of Object.entries(kept))
      assert.deepEqual(await found(theirAdmin, key, value), [one.id], key);
    const two = await begun(
      {
        email: 'bo@example.org, 811218-9876',
        customer: '4111111111111111',
        person: 'bo@example.org',
        other: '4711',
      },
      there,
    );
    assert.deepEqual(await valuesOf(theirAdmin, two.id), {
      email: '**@*******.***, ******-****',
      customer: '************1111',
      person: '**@*******.***',
      other: '****',
    });
    assert.ok((await rowsOf(two.id)).every(({ blind_index }) => blind_index === null));
  });

  it('finds by several values and other criteria only what meets all', async () => {
    const value = `C-${randomUUID()}`;
    const one = await begun({ customer: value, email: 'one@example.org' });
    const two = await begun({ customer: value, email: 'two@example.org' });
    const find = async (body: object) =>
      (
        await supervisor.call(findByAttributes, {
          params: { accountId: account.id },
          body: { attributes: [{ key: 'customer', value }], ...body },
        })
      ).items.map((item) => item.id);
    assert.deepEqual((await find({})).toSorted(), [one.id, two.id].toSorted());
    assert.deepEqual(
      await find({
        attributes: [
          { key: 'customer', value },
          { key: 'email', value: 'two@example.org' },
        ],
      }),
      [two.id],
    );
    await supervisor.call(resolveConversation, { params: one.params });
    assert.deepEqual(await find({ state: 'resolved' }), [one.id]);
    assert.deepEqual(await find({ queueId: randomUUID() }), []);
  });

  it('attack 42: shows those in another scope, and those without the authorisation, nothing', async () => {
    const value = `C-${randomUUID()}`;
    await begun({ customer: value });
    const elsewhere = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor'],
      scope: { queue: [randomUUID()] },
    });
    assert.deepEqual(await found(elsewhere, 'customer', value), []);
    const analyst = await makePerson(db, account, { url: node.url, roles: ['analyst'] });
    const refused = await analyst.try(findByAttributes, {
      params: { accountId: account.id },
      body: { attributes: [{ key: 'customer', value }] },
    });
    assert.equal(refused.status, 403);
  });

  it('attack 39: has nothing in its index that another account, or another attribute, could be found by', async () => {
    const there = await makeAccount(db, { origin: node.url.origin });
    const otherAdmin = await makePerson(db, there, { url: node.url, roles: ['administrator', 'supervisor'] });
    await set(otherAdmin, { 'visitors.attributes': [email, customer] });
    const value = `${randomUUID()}@example.org`;
    const mine = await begun({ email: value, customer: value });
    const theirs = await begun({ email: value }, there);
    const indexes = [...(await rowsOf(mine.id)), ...(await rowsOf(theirs.id))].map((row) =>
      row.blind_index?.toString('hex'),
    );
    assert.equal(indexes.length, 3);
    assert.equal(new Set(indexes).size, 3);
    assert.ok(indexes.every((index) => index?.length === 64));
    assert.deepEqual(await found(supervisor, 'email', value), [mine.id]);
    assert.deepEqual(await found(otherAdmin, 'email', value), [theirs.id]);
    assert.deepEqual(
      await db.database.read(
        account.id,
        async (tx) => await findConversationsByAttribute(tx, db.keyring, account.id, { key: 'email', value }),
      ),
      [mine.id],
    );
  });

  it('attack 38: does not open when its ciphertext is moved to another conversation or another attribute', async () => {
    const one = await begun({ email: 'one@example.org', tier: 'gold' });
    const two = await begun({ email: 'two@example.org' });
    const keys = new ConversationKeys(db.keyring);
    const [emailRow, tierRow] = await rowsOf(one.id);
    assert.ok(emailRow && tierRow);
    await db.database.read(account.id, async (tx) => {
      const [own, other] = [await keys.one(tx, account.id, one.id), await keys.one(tx, account.id, two.id)];
      const at = { account: account.id, conversationId: one.id, key: 'email' };
      assert.equal(openValue(own, at, emailRow.value), 'one@example.org');
      assert.throws(() => openValue(own, { ...at, key: 'tier' }, emailRow.value), CiphertextError);
      assert.throws(() => openValue(own, { ...at, conversationId: two.id }, emailRow.value), CiphertextError);
      assert.throws(() => openValue(own, { ...at, account: randomUUID() }, emailRow.value), CiphertextError);
      assert.throws(() => openValue(other, at, emailRow.value), CiphertextError);
    });
    await db.asOwner('update visitor_attribute set value = $2 where conversation_id = $1', [
      two.id,
      emailRow.value,
    ]);
    const answer = await supervisor.try(getProfile, { params: two.params });
    assert.equal(answer.status, 500, 'moved in the database');
    assert.doesNotMatch(answer.text, /example\.org/);
    await db.asOwner('delete from visitor_attribute where conversation_id = $1', [two.id]);
  });

  it('loses at once what is declared no more, and from the disk with the next tidying', async () => {
    const { visitor, id } = await begun({ email: 'ann@example.org', tier: 'gold' });
    await declare(email);
    assert.deepEqual(await valuesOf(supervisor, id), { email: 'ann@example.org' });
    assert.equal(
      codeOf(await visitor.try(identifyVisitor, { body: { attributes: { tier: 'gold' } } })),
      'visitors.undeclared-attribute',
    );
    assert.deepEqual(
      (await rowsOf(id)).map((row) => row.key),
      ['email', 'tier'],
    );
    await tidy();
    assert.deepEqual(
      (await rowsOf(id)).map((row) => row.key),
      ['email'],
    );
    await declare(email, customer, unindexed);
    assert.deepEqual(await valuesOf(supervisor, id), { email: 'ann@example.org' }, 'and does not come back');
  });

  it('is found by an attribute as long as the account wants that', async () => {
    const value = `${randomUUID()}@example.org`;
    const { id } = await begun({ email: value });
    await declare({ ...email, indexed: false }, customer, unindexed);
    const refused = await supervisor.try(findByAttributes, {
      params: { accountId: account.id },
      body: { attributes: [{ key: 'email', value }] },
    });
    assert.equal(codeOf(refused), 'visitors.attribute-not-indexed');
    await tidy();
    assert.deepEqual(
      (await rowsOf(id)).map((row) => row.blind_index),
      [null],
    );
    await declare(email, customer, unindexed);
    assert.deepEqual(await found(supervisor, 'email', value), []);
    await tidy();
    assert.deepEqual(await found(supervisor, 'email', value), [id]);
  });

  it('tells the widget which attributes there are, and members what they are for', async () => {
    const visitor = await makeVisitor(db, account, node.url);
    const { attributes } = await visitor.call(getWidgetConfiguration);
    assert.deepEqual(attributes, ['email', 'customer', 'tier']);
    const { items } = await supervisor.call(listAttributes, { params: { accountId: account.id } });
    assert.deepEqual(items, [email, customer, unindexed]);
  });

  it('leaves no value in a log line', async () => {
    const value = `C-${randomUUID()}`;
    const { visitor } = await begun({ customer: value });
    await found(supervisor, 'customer', value);
    await visitor.try(identifyVisitor, { body: { attributes: { unknown: value } } });
    assert.ok(kept.lines.length > 10);
    assert.ok(!kept.lines.some((line) => line.includes(value)));
  });

  async function tidy(): Promise<void> {
    await db.database.transaction(
      account.id,
      async (tx) =>
        await tidyAttributes(tx, { keys: new ConversationKeys(db.keyring), keyring: db.keyring }, account.id),
    );
  }

  describe('tags', () => {
    before(async () => await set(admin, { 'conversations.tags': ['complaint', 'billing', 'Ö praise'] }));

    it('are given from the account’s list, stand in the log, and find the conversation', async () => {
      const { id, params } = await begun({});
      const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
      assert.deepEqual((await agent.call(listTags, { params: { accountId: account.id } })).items, [
        'complaint',
        'billing',
        'Ö praise',
      ]);
      await agent.call(takeConversation, { params });
      const tagged = await agent.call(changeTags, {
        params,
        body: { add: ['complaint', 'billing'], remove: [] },
      });
      assert.deepEqual(tagged.tags, ['billing', 'complaint']);
      await agent.call(changeTags, { params, body: { add: ['complaint'], remove: [] } });
      await agent.call(changeTags, { params, body: { add: [], remove: ['billing', 'Ö praise'] } });
      const { entries } = await agent.call(readEntries, { params, query: { audience: 'internal' } });
      assert.deepEqual(
        entries.flatMap((entry) => (entry.kind === 'tagged' ? [entry.body] : [])),
        [
          { added: ['complaint', 'billing'], removed: [] },
          { added: [], removed: ['billing'] },
        ],
      );
      const find = async (tag: string) =>
        (
          await supervisor.call(findConversations, { params: { accountId: account.id }, query: { tag } })
        ).items.map((item) => item.id);
      assert.ok((await find('complaint')).includes(id));
      assert.ok(!(await find('billing')).includes(id));
    });

    it('are refused when they are not on the list; one that has left it can still be taken away', async () => {
      const { params } = await begun({});
      await supervisor.call(changeTags, { params, body: { add: ['billing'], remove: [] } });
      await set(admin, { 'conversations.tags': ['complaint'] });
      const refused = await supervisor.try(changeTags, { params, body: { add: ['billing'], remove: [] } });
      assert.equal(codeOf(refused), 'conversations.unknown-tag');
      const { tags } = await supervisor.call(changeTags, { params, body: { add: [], remove: ['billing'] } });
      assert.deepEqual(tags, []);
    });

    it('are given by the agent who has the conversation and by those who direct, and by nobody else', async () => {
      const { params } = await begun({});
      const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
      const body = { add: ['complaint'], remove: [] };
      assert.equal((await agent.try(changeTags, { params, body })).status, 403);
      const elsewhere = await makePerson(db, account, {
        url: node.url,
        roles: ['supervisor'],
        scope: { queue: [randomUUID()] },
      });
      assert.equal((await elsewhere.try(changeTags, { params, body })).status, 404);
      const { tags } = await supervisor.call(getConversation, { params });
      assert.deepEqual(tags, []);
    });
  });
});

function codeOf(answer: Answer<unknown>): string {
  return (answer.body as { code: string }).code;
}
