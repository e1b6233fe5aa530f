import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { postEntry, takeConversation } from '@samtal/contract/conversations';
import { forwardConversation, listForwardings, maxForwardings, type Forwarding } from '@samtal/contract/mail';
import { previewErasure, requestErasure } from '@samtal/contract/retention';
import { exportSubjectData, type SubjectDocument } from '@samtal/contract/subject-access';
import { identifyVisitor, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { setUpMail } from '../../../test/mail-settings.ts';
import { mailUser, startMailServer, type TestMailServer } from '../../../test/mail-server.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { unzip } from '../../../test/unzip.ts';

const body = { to: 'anna@clinic.example', reason: 'The clinic goes on with it' };
const card = '4111 1111 1111 1111';

describe('forwarding a conversation by mail', () => {
  let db: TestDatabase;
  let node: TestNode;
  let server: TestMailServer;
  let account: TestAccount;
  let supervisor: Person;
  const kept = keptLog();

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log, outboundNetworks: ['127.0.0.0/8', '::1/128'] });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(async () => {
    server = await startMailServer();
    account = await makeAccount(db, { origin: node.url.origin });
    supervisor = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor', 'privacy-officer'],
      name: 'Astrid Ek',
    });
    await setUpMail(db, server);
  });
  afterEach(async () => {
    await db.asOwner('delete from mail');
    await server.close();
  });

  async function begin(text = 'My blood pressure', attributes: Record<string, string> = {}): Promise<string> {
    const visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text } });
    if (Object.keys(attributes).length > 0) await visitor.call(identifyVisitor, { body: { attributes } });
    return id;
  }
  const at = (conversationId: string) => ({ params: { accountId: account.id, conversationId } });
  const forward = async (id: string, more: object = {}) =>
    await supervisor.call(forwardConversation, { ...at(id), body: { ...body, ...more } });
  const codeOf = async (who: Person, id: string, more: object = {}) => {
    const answer = await who.try(forwardConversation, { ...at(id), body: { ...body, ...more } });
    return answer.status === 201 ? 'forwarded' : (answer.body as { code: string }).code;
  };
  const list = async (id: string) => await supervisor.call(listForwardings, at(id));
  async function until(id: string, isIt: (one: Forwarding) => boolean): Promise<Forwarding> {
    for (let tries = 0; tries < 400; tries += 1) {
      const [one] = (await list(id)).items;
      if (one !== undefined && isIt(one)) return one;
      await sleep(50);
    }
    throw new Error(`It did not come to that; the log says ${kept.lines.join('')}`);
  }
  const ended = async (id: string) => await until(id, ({ state }) => state !== 'queued');
  const tryNow = async () => await db.asOwner('update mail set next_try_at = now()');
  const trail = async () =>
    (
      await db.asOwner<{ body: string }>(
        'select body from audit_outbox where account_id = $1 union all select body from audit_entry where account_id = $1',
        [account.id],
      )
    ).rows.map((row) => row.body);

  it('attack 70: sends the masked transcript with the note, and says that it was sent', async () => {
    const id = await begin(`My card is ${card}`);
    await supervisor.call(takeConversation, at(id));
    for (const [kind, text] of [
      ['message', 'Thank you, I see'],
      ['note', 'Sounds like trouble'],
    ] as const)
      await supervisor.call(postEntry, { ...at(id), body: { cid: randomUUID(), kind, text } });
    const { state } = await forward(id, { note: `Please call. ${card}`, reason: `Asked for, ${card}` });
    assert.equal(state, 'queued');
    const sent = await ended(id);
    assert.equal(sent.state, 'sent');
    assert.equal(sent.byName, 'Astrid Ek');
    assert.equal(sent.note, 'Please call. **** **** **** 1111');
    const [got] = server.received;
    assert.ok(got && server.received.length === 1);
    assert.deepEqual(got.to, ['anna@clinic.example']);
    assert.equal(got.user, mailUser.user);
    assert.equal(got.headers.get('message-id'), `<${sent.id}@almvik.example>`);
    assert.match(got.text, /Please call\. \*{4} \*{4} \*{4} 1111/);
    assert.match(got.text, /Visitor\r?\nMy card is \*{4} \*{4} \*{4} 1111/);
    assert.match(got.text, /Astrid Ek\r?\nThank you, I see/);
    assert.doesNotMatch(got.text, /4111|Sounds like trouble|Asked for/);
    const { rows } = await db.asOwner<{ case_id: string }>('select case_id from conversation where id = $1', [
      id,
    ]);
    assert.match(got.text, new RegExp(rows[0]?.case_id ?? 'none'));
  });

  it('names its recipients in what its visitor is given, and what was written to them where notes are', async () => {
    const id = await begin();
    await forward(id, { note: 'Please <b>call</b>' });
    await ended(id);
    server.refusals.push(550);
    await forward(id, { to: 'nobody@clinic.example' });
    await until(id, ({ to, state }) => to === 'nobody@clinic.example' && state === 'given-up');
    await begin('Of somebody else');
    const { rows } = await db.asOwner<{ case_id: string }>('select case_id from conversation where id = $1', [
      id,
    ]);
    const exported = async (notes: 'included' | 'left-out') => {
      const subject = { kind: 'case', caseId: rows[0]?.case_id ?? '' } as const;
      const answer = await supervisor.try(exportSubjectData, {
        params: { accountId: account.id },
        body: { subject, locale: 'en', notes },
      });
      assert.equal(answer.status, 200, answer.text);
      const files = unzip(answer.bytes);
      const document = JSON.parse(files.get('data.json')?.toString() ?? '') as SubjectDocument;
      return {
        recipients: document.conversations[0]?.recipients,
        html: files.get('index.html')?.toString() ?? '',
      };
    };
    const { recipients, html } = await exported('included');
    assert.deepEqual(
      recipients?.map(({ to, state, note, reason, sentAt }) => [to, state, note, reason, sentAt !== null]),
      [
        [body.to, 'sent', 'Please <b>call</b>', body.reason, true],
        ['nobody@clinic.example', 'given-up', '', body.reason, false],
      ],
    );
    for (const words of [body.to, 'Please &lt;b&gt;call', body.reason, 'Could not be sent'])
      assert.ok(html.includes(words), words);
    const without = await exported('left-out');
    assert.deepEqual(
      without.recipients?.map(({ to, note, reason }) => [to, note, reason]),
      [
        [body.to, null, null],
        ['nobody@clinic.example', null, null],
      ],
    );
    await db.asOwner(
      "update mail set body = set_byte(body, 30, get_byte(body, 30) # 1) where state = 'sent'",
    );
    const damaged = await exported('included');
    assert.deepEqual(
      damaged.recipients?.map(({ to }) => to),
      [null, 'nobody@clinic.example'],
    );
    assert.ok(damaged.html.includes('Damaged, cannot be read'));
  });

  it('says what is known about the customer only where the setting allows it', async () => {
    const customer = {
      key: 'customer',
      label: 'Customer number',
      purpose: 'Test',
      category: 'customer',
      indexed: false,
    } as const;
    await setSettings(db, account.id, { 'visitors.attributes': [customer] });
    const id = await begin('Hello', { customer: 'C-20031' });
    await forward(id);
    await ended(id);
    assert.doesNotMatch(server.received[0]?.text ?? '', /C-20031|Customer number/);
    assert.equal((await list(id)).details, false);
    await setSettings(db, account.id, { 'mail.customer-details': true }, account.siteId);
    await forward(id);
    await until(id, ({ state }) => state === 'sent');
    assert.match(server.received[1]?.text ?? '', /Customer number: C-20031/);
  });

  it('goes to listed addresses only, to blocked ones never, and to itself never', async () => {
    const id = await begin();
    for (const to of [
      'no-reply@clinic.example',
      'NoReply+7@clinic.example',
      'mailer-daemon@clinic.example',
      'chat@almvik.example',
      'Chat+1@almvik.example',
    ])
      assert.equal(await codeOf(supervisor, id, { to }), 'mail.blocked', to);
    await setSettings(db, account.id, { 'mail.forwarding-addresses': ['@clinic.example', 'desk@'] });
    assert.equal(await codeOf(supervisor, id, { to: 'eve@elsewhere.example' }), 'mail.not-listed');
    assert.equal(await codeOf(supervisor, id, { to: 'eve@sub.clinic.example' }), 'mail.not-listed');
    assert.equal(await codeOf(supervisor, id, { to: 'no-reply@clinic.example' }), 'mail.blocked');
    assert.equal(await codeOf(supervisor, id, { to: 'DESK@elsewhere.example' }), 'forwarded');
    assert.deepEqual((await list(id)).listed, ['@clinic.example', 'desk@']);
  });

  it('judges again when it is sent: what is not listed any more does not leave', async () => {
    await setUpMail(db, server, { 'mail.smtp-port': 1 });
    const id = await begin();
    await forward(id);
    await until(id, ({ failure }) => failure === 'unreachable');
    await setSettings(db, account.id, { 'mail.forwarding-addresses': ['@elsewhere.example'] });
    await setUpMail(db, server);
    await tryNow();
    const { state, failure } = await ended(id);
    assert.deepEqual([state, failure], ['given-up', 'not-listed']);
    assert.equal(server.received.length, 0);
  });

  it('attack 55: refuses every trick with the recipient', async () => {
    const id = await begin();
    for (const to of [
      'anna@clinic.example\r\nBcc: eve@example.org',
      'anna@clinic.example, eve@example.org',
      Array.from({ length: 1_000 }, (_, index) => `a${index}@example.org`).join(','),
      'group: anna@clinic.example, inner: eve@example.org;;',
      'Anna <anna@clinic.example>',
      'anna@clinіc.example',
      'anna@clinic。example',
      'anna%evil.example@clinic.example',
      ['anna@clinic.example', 'eve@example.org'],
      { name: 'Anna', address: 'anna@clinic.example' },
      { path: '/etc/passwd' },
      '',
    ])
      assert.equal(await codeOf(supervisor, id, { to }), 'request.invalid', JSON.stringify(to).slice(0, 60));
    assert.equal((await list(id)).items.length, 0);
  });

  it('needs the authorisation and the transcript, both where the conversation is', async () => {
    const id = await begin();
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    const coach = await makePerson(db, account, { url: node.url, roles: ['coach'] });
    const elsewhere = await makePerson(db, account, {
      url: node.url,
      roles: ['supervisor'],
      scope: { queue: [randomUUID()] },
    });
    await agent.call(takeConversation, at(id));
    assert.equal(await codeOf(agent, id), 'access.forbidden');
    assert.equal(await codeOf(coach, id), 'access.forbidden');
    assert.equal(await codeOf(elsewhere, id), 'not-found');
    assert.equal((await elsewhere.try(listForwardings, at(id))).status, 404);
    assert.equal((await agent.try(listForwardings, at(id))).status, 200);
  });

  it('is refused where no mail server is set up, and when a conversation was forwarded too often', async () => {
    const id = await begin();
    await setUpMail(db, server, { 'mail.smtp-host': null });
    assert.equal(await codeOf(supervisor, id), 'mail.not-set-up');
    assert.equal((await list(id)).ready, false);
    await setUpMail(db, server);
    for (let count = 0; count < maxForwardings; count += 1)
      assert.equal(await codeOf(supervisor, id), 'forwarded');
    assert.equal(await codeOf(supervisor, id), 'mail.too-many');
  });

  it('is tried again, later and later, and given up at once when the recipient is refused for good', async () => {
    const id = await begin();
    server.refusals.push(450, 451);
    await forward(id);
    await until(id, ({ failure }) => failure === 'answered-450');
    const wait = async () =>
      (
        await db.asOwner<{ s: number }>(
          'select extract(epoch from next_try_at - now())::float8 as s from mail',
        )
      ).rows[0]?.s ?? 0;
    const first = await wait();
    await tryNow();
    await until(id, ({ failure }) => failure === 'answered-451');
    assert.ok((await wait()) > first && first > 15);
    await tryNow();
    assert.equal((await ended(id)).state, 'sent');
    server.refusals.push(550);
    await forward(id);
    const refused = await ended(id);
    assert.deepEqual([refused.state, refused.failure], ['given-up', 'answered-550']);
  });

  it('gives up after a day, also when a backup brought it back', async () => {
    const id = await begin();
    server.refusals.push(450);
    await forward(id);
    await until(id, ({ failure }) => failure === 'answered-450');
    await db.asOwner("update mail set queued_at = now() - interval '25 hours', next_try_at = now()");
    const { state, failure } = await ended(id);
    assert.deepEqual([state, failure], ['given-up', 'too-late']);
    assert.equal(server.received.length, 0);
    assert.ok(
      (await trail()).some((entry) => entry.includes('"mail.given-up"') && entry.includes('too-late')),
    );
  });

  it('is sent again when a node died before it was written down, under the same id', async () => {
    const id = await begin();
    await forward(id);
    await ended(id);
    await db.asOwner(
      "update mail set state = 'queued', ended_at = null, lease = gen_random_uuid(), leased_until = now() - interval '1 second'",
    );
    await ended(id);
    const ids = server.received.map(({ headers }) => headers.get('message-id'));
    assert.equal(ids.length, 2);
    assert.equal(ids[0], ids[1]);
  });

  it('goes with its conversation: an erased one is sent to nobody', async () => {
    const id = await begin();
    server.refusals.push(450);
    await forward(id);
    await until(id, ({ failure }) => failure === 'answered-450');
    const { rows } = await db.asOwner<{ case_id: string }>('select case_id from conversation where id = $1', [
      id,
    ]);
    const subject = { kind: 'case', caseId: rows[0]?.case_id ?? '' } as const;
    const params = { accountId: account.id };
    await supervisor.call(previewErasure, { params, body: { subject } });
    await supervisor.call(requestErasure, { params, body: { id: randomUUID(), subject, reference: '' } });
    const { rows: left } = await db.asOwner('select from mail');
    assert.equal(left.length, 0);
    await sleep(1_500);
    assert.equal(server.received.length, 0);
  });

  it('leaves no address, note or reason in the database, the trail or the log', async () => {
    const id = await begin();
    server.refusals.push(450);
    await forward(id, { note: 'Ring henne', reason: 'Hon bad om det' });
    await until(id, ({ failure }) => failure === 'answered-450');
    await tryNow();
    await ended(id);
    const { rows } = await db.asOwner<{ row: string }>('select row_to_json(mail)::text as row from mail');
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const secret of ['anna@clinic', 'Ring henne', 'Hon bad', mailUser.password]) {
      for (const place of [...rows.map((each) => each.row), ...(await trail()), ...kept.lines]) {
        assert.ok(!place.includes(secret) && !place.includes(hex(secret)), secret);
      }
    }
    const { rows: secrets } = await db.asOwner<{ sealed: Buffer }>('select sealed from installation_secret');
    assert.ok(secrets.length === 1 && !secrets[0]?.sealed.includes(mailUser.password));
    const recipients = (await trail()).flatMap(
      (entry) => /"recipient":"([0-9a-f]{64})"/.exec(entry)?.[1] ?? [],
    );
    assert.equal(recipients.length, 1);
    await forward(id);
    assert.equal(
      new Set((await trail()).flatMap((entry) => /"recipient":"(\w+)"/.exec(entry)?.[1] ?? [])).size,
      1,
    );
  });

  it('says what is wrong when the password does not open beside this keyring', async () => {
    await db.asOwner("update installation_secret set sealed = sealed || 'x'::bytea");
    const id = await begin();
    await forward(id);
    await until(id, ({ failure }) => failure === 'password-unreadable');
    await db.asOwner('delete from installation_secret');
    await tryNow();
    await until(id, ({ failure }) => failure === 'password-missing');
    assert.equal(server.received.length, 0);
  });
});
