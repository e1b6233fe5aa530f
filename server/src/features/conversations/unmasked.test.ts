import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createRole, giveRole, listRoles, withdrawRole } from '@samtal/contract/access';
import { postEntry, readEntries, takeConversation } from '@samtal/contract/conversations';
import { searchTranscripts } from '@samtal/contract/search';
import { readVisitorEntries, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { startTestNode, type TestNode } from '../../../test/node.ts';
import { setSettings } from '../../../test/settings.ts';
import { TestSocket } from '../../../test/socket.ts';

const number = '731 204 9958';
const stars = '*** *** ****';

describe('numbers that wait to be redacted', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let agent: Person;
  let reader: Person;
  let admin: Person;
  let visitor: VisitorClient;
  let conversationId: string;
  let own: { accountId: string };
  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db);
    account = await makeAccount(db, { origin: node.url.origin });
    own = { accountId: account.id };
    await setSettings(db, account.id, {
      'redaction.mode': 'hours',
      'redaction.after-hours': 24,
      'redaction.least-digits': 5,
      'search.transcripts': true,
    });
    agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    reader = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    visitor = await makeVisitor(db, account, node.url);
    conversationId = (
      await visitor.call(startConversation, { body: { cid: randomUUID(), text: `begin ${number}` } })
    ).id;
    await agent.call(takeConversation, { params: { ...own, conversationId } });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  const transcriptOf = async (person: Person) =>
    (await person.try(readEntries, { params: { ...own, conversationId }, query: {} })).text;
  const hasNumber = (text: string) => {
    assert.ok(text.includes('begin'), text);
    assert.notEqual(text.includes(number), text.includes(stars) && !text.includes('"redaction"'));
    return text.includes(number);
  };
  async function readings(person: Person): Promise<unknown[]> {
    const { rows } = await db.asOwner<{ shown: string }>(
      `select body::jsonb -> 'details' ->> 'shown' as shown
       from (select at, body from audit_outbox union all select at, body from audit_entry) each
       where body::jsonb ->> 'action' = 'conversations.transcript-read' and body::jsonb -> 'actor' ->> 'id' = $1
       order by at`,
      [person.userId],
    );
    return rows.map(({ shown }) => shown);
  }

  it('are seen by both sides, and not by whoever reads the conversation of another', async () => {
    assert.ok(hasNumber(await transcriptOf(agent)));
    assert.ok(hasNumber(JSON.stringify(await visitor.call(readVisitorEntries, {}))));
    assert.ok(!hasNumber(await transcriptOf(reader)));
    assert.deepEqual(await readings(reader), ['redacted']);
    const found = await reader.try(searchTranscripts, { params: own, body: { words: 'begin' } });
    assert.ok(!found.text.includes(number) && found.text.includes(stars), 'nor by whoever searches');
  });

  it('are kept from a socket that follows the conversation of another, old entries and new ones', async () => {
    const [theirs, mine] = [await TestSocket.asAgent(reader), await TestSocket.asAgent(agent)];
    for (const socket of [theirs, mine])
      socket.send({ t: 'sub', streams: [{ stream: `${conversationId}:public`, after: 0 }] });
    for (const socket of [theirs, mine]) await socket.next((frame) => frame.t === 'entries');
    await agent.call(postEntry, {
      params: { ...own, conversationId },
      body: { cid: randomUUID(), kind: 'message', text: 'the end' },
    });
    for (const socket of [theirs, mine])
      await socket.next((frame) => frame.t === 'entries' && JSON.stringify(frame).includes('the end'));
    assert.ok(hasNumber(JSON.stringify(mine.frames)));
    assert.ok(!hasNumber(JSON.stringify(theirs.frames)));
    for (const socket of [theirs, mine]) socket.close();
  });

  it('are seen in conversations of others with an authorisation of its own, where it holds, and that is recorded', async () => {
    const body = { name: 'Investigator', authorisations: ['conversations.unmasked' as const], roles: [] };
    const { id: roleId } = await admin.call(createRole, { params: own, body });
    const supervisor = (await admin.call(listRoles, { params: own })).items.find(
      ({ builtIn }) => builtIn === 'supervisor',
    );
    const person = await makePerson(db, account, { url: node.url, roles: [] });
    const { userId } = person;
    const reading = { userId, roleId: supervisor?.id ?? '', scope: {}, reason: 'Fraud' };
    await admin.call(giveRole, { params: own, body: reading });
    const elsewhere = {
      userId,
      roleId,
      scope: { site: [account.siteId], queue: [await otherQueue()] },
      reason: 'Fraud',
    };
    await admin.call(giveRole, { params: own, body: elsewhere });
    assert.ok(!hasNumber(await transcriptOf(person)), 'it holds elsewhere');
    const grant = await admin.call(giveRole, {
      params: own,
      body: { ...elsewhere, scope: { queue: [account.queueId] } },
    });
    assert.ok(hasNumber(await transcriptOf(person)));
    assert.deepEqual(await readings(person), ['redacted', 'as-written']);
    await admin.call(withdrawRole, { params: { ...own, grantId: grant.id } });
    assert.ok(!hasNumber(await transcriptOf(person)));
  });

  async function otherQueue(): Promise<string> {
    const id = randomUUID();
    await db.asOwner("insert into queue (account_id, id, name) values ($1, $2, 'Other')", [account.id, id]);
    return id;
  }
});
