import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scope } from '@samtal/contract/access';
import type { SettingOverrides } from '@samtal/contract/settings';
import { identifyVisitor, startConversation } from '@samtal/contract/widget';
import { makeAccount, makePerson, makeVisitor, type TestAccount } from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { ConversationKeys } from '../../platform/keys/index.ts';
import { Fanout } from '../../platform/fanout/index.ts';
import { notifyOfWaiting } from './notify-waiting.ts';

const customer = {
  key: 'customer',
  label: 'Customer number',
  purpose: 'Test',
  category: 'customer',
  indexed: false,
} as const;
const told = ['desk@almvik.example', 'no-reply@almvik.example'];

describe('mail that somebody waits', () => {
  let db: TestDatabase;
  let node: TestNode;
  let server: TestMailServer;
  let account: TestAccount;
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { outboundNetworks: ['127.0.0.0/8', '::1/128'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(async () => {
    server = await startMailServer();
    account = await makeAccount(db, { origin: node.url.origin });
    await setSettings(db, account.id, { 'visitors.attributes': [customer] });
    await setUpMail(db, server);
  });
  afterEach(async () => {
    await db.asOwner('delete from mail');
    await db.asOwner("update conversation set state = 'resolved', resolved_at = now()");
    await server.close();
  });

  const set = async (more: SettingOverrides = {}) =>
    await setSettings(db, account.id, {
      'mail.waiting-minutes': 5,
      'mail.waiting-addresses': told,
      ...more,
    });
  async function wait(minutes: number, text = 'Where is my parcel?'): Promise<string> {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text } });
    await visitor.call(identifyVisitor, { body: { attributes: { customer: 'C-20031' } } });
    await db.asOwner('update conversation set queued_at = now() - make_interval(secs => $2) where id = $1', [
      id,
      minutes * 60 + 5,
    ]);
    return id;
  }
  const notify = async () =>
    await notifyOfWaiting({
      database: db.database,
      keys: new ConversationKeys(db.keyring, { fanout: new Fanout() }),
    });
  async function allSent(count: number): Promise<void> {
    for (let tries = 0; tries < 400 && server.received.length < count; tries += 1) await sleep(50);
    assert.equal(server.received.length, count);
  }

  it('says which queue and since when, with a link, and nothing about the customer', async () => {
    await set();
    const id = await wait(6);
    assert.equal(await notify(), 1);
    await allSent(1);
    const [mail] = server.received;
    assert.ok(mail);
    assert.deepEqual(mail.to, ['desk@almvik.example']);
    assert.match(mail.headers.get('subject') ?? '', /General/);
    assert.match(mail.text, new RegExp(`${node.url.origin}/conversations/${id}`));
    assert.match(mail.text, /Waiting in this queue: 1/);
    assert.doesNotMatch(mail.text, /parcel|C-20031/);
  });

  it('attack 70: says the first words, masked, and the profile where the setting allows it', async () => {
    await set({ 'mail.customer-details': true, 'mail.language': 'sv' });
    await wait(6, `My card 4111 1111 1111 1111 ${'x'.repeat(300)}`);
    await notify();
    await allSent(1);
    const text = server.received[0]?.text ?? '';
    assert.match(text, /Första orden:\r?\nMy card \*{4} \*{4} \*{4} 1111 x+…/);
    assert.match(text, /Customer number: C-20031/);
    assert.doesNotMatch(text, /4111/);
  });

  it('waits for its time, and says nothing where it is off or an agent is there', async () => {
    const id = await wait(4);
    assert.equal(await notify(), 0);
    await set();
    assert.equal(await notify(), 0);
    await db.asOwner("update conversation set queued_at = now() - interval '6 minutes' where id = $1", [id]);
    // One who serves another queue is not there for this one.
    const cases: { scope: Scope; expected: number }[] = [
      { scope: {}, expected: 0 },
      { scope: { queue: [randomUUID()] }, expected: 1 },
    ];
    for (const { scope, expected } of cases) {
      await db.asOwner('delete from agent_presence');
      const { userId } = await makePerson(db, account, {
        url: node.url,
        roles: ['agent'],
        scope,
      });
      await db.asOwner(
        "insert into agent_presence (account_id, user_id, choice, connected_until) values ($1, $2, 'available', now() + interval '1 minute')",
        [account.id, userId],
      );
      assert.equal(await notify(), expected, JSON.stringify(scope));
    }
    await db.asOwner('delete from agent_presence');
  });

  it('speaks of a queue once in a quarter of an hour, and of a visitor once', async () => {
    await set();
    await wait(6);
    await wait(8);
    assert.equal(await notify(), 1);
    assert.equal(await notify(), 0);
    await db.asOwner("update mail set queued_at = queued_at - interval '16 minutes'");
    await db.asOwner("update conversation set queued_at = queued_at - interval '20 minutes'");
    assert.equal(await notify(), 1);
    await db.asOwner("update mail set queued_at = queued_at - interval '16 minutes'");
    await db.asOwner("update conversation set queued_at = queued_at - interval '20 minutes'");
    assert.equal(await notify(), 0);
    const { rows } = await db.asOwner('select distinct conversation_id from mail');
    assert.equal(rows.length, 2);
  });

  it('goes to the agents of the queue where that is wanted, and to listed addresses only', async () => {
    await makePerson(db, account, { url: node.url, roles: ['agent'] });
    await makePerson(db, account, { url: node.url, roles: ['agent'], scope: { queue: [randomUUID()] } });
    await set({ 'mail.waiting-agents': true });
    await wait(6);
    assert.equal(await notify(), 2);
    await db.asOwner('delete from mail');
    await set({ 'mail.forwarding-addresses': ['@almvik.example'] });
    assert.equal(await notify(), 1);
  });

  it('is dropped when somebody has come before it was sent', async () => {
    await set();
    const id = await wait(6);
    await setUpMail(db, server, { 'mail.smtp-port': 1 });
    await notify();
    await db.asOwner("update conversation set state = 'resolved', resolved_at = now() where id = $1", [id]);
    await setUpMail(db, server);
    await db.asOwner('update mail set next_try_at = now()');
    for (let tries = 0; tries < 200; tries += 1) {
      const { rows } = await db.asOwner<{ state: string }>('select state from mail');
      if (rows[0]?.state === 'dropped') break;
      assert.ok(tries < 199, rows[0]?.state);
      await sleep(50);
    }
    assert.equal(server.received.length, 0);
  });
});
