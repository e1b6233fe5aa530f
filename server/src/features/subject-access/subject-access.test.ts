import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { changeTags, postEntry, resolveConversation, takeConversation } from '@samtal/contract/conversations';
import type { BodyOf } from '@samtal/contract/endpoint';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { type exportSubjectData, SubjectDocument } from '@samtal/contract/subject-access';
import { sendFile, sendVisitorFile } from '@samtal/contract/media';
import type { DeclaredAttribute } from '@samtal/contract/visitors';
import { rateConversation, startConversation } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  type Person,
  type TestAccount,
} from '../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog, startTestNode, type TestNode } from '../../../test/node.ts';
import { eventually } from '../../../test/socket.ts';
import { unzip } from '../../../test/unzip.ts';
import { pdf, png } from '../../../test/files.ts';
import { tableContents } from '../../../test/table-contents.ts';
import { compileExact } from '../../platform/http/index.ts';
import { markup } from './markup.ts';

type Body = BodyOf<typeof exportSubjectData>;

const email: DeclaredAttribute = {
  key: 'email',
  label: 'E-mail <b>address</b>',
  purpose: 'To "answer" & more',
  category: 'contact',
  indexed: true,
};

/** What people have tried to make a browser do (attack 48). */
const hostile = [
  '<script>window.hit = 1</script>',
  '<img src=x onerror="window.hit = 1">',
  '"><svg onload=window.hit=1>',
  '</p></li></ol></main><iframe srcdoc="<script>parent.hit=1</script>">',
  '<!--><script>window.hit=1</script>',
  '</style><script>window.hit=1</script>',
  'javascript:window.hit=1',
  '<a href="javascript:window.hit=1">x</a>',
  '&lt;script&gt;window.hit=1&lt;/script&gt;',
  '\u202egnp.exe\u202c <math><mi xlink:href="data:x,<script>">',
  '<meta http-equiv=refresh content="0;url=https://attacker.example">',
  '<form action=https://attacker.example><input name=x>',
  '\u0000\u0008<scr\u0000ipt>',
];

describe('subject access', () => {
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let officer: Person;
  const kept = keptLog();
  const conforms = compileExact(SubjectDocument);

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log: kept.log });
    account = await makeAccount(db, { origin: node.url.origin });
    const admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    officer = await makePerson(db, account, { url: node.url, roles: ['privacy-officer'] });
    const params = { accountId: account.id };
    const { version } = await admin.call(getSettings, { params });
    await admin.call(changeSettings, {
      params,
      body: {
        channelId: null,
        version,
        set: {
          'visitors.attributes': [email],
          'conversations.tags': ['complaint'],
          'satisfaction.asked': true,
        },
        unset: [],
        reason: '',
      },
    });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });

  async function begun(text: string, attributes: Record<string, string>) {
    const visitor = await makeVisitor(db, account, node.url);
    const { id, caseId } = await visitor.call(startConversation, {
      body: { cid: randomUUID(), text, attributes },
    });
    return { id, caseId, visitor, params: { accountId: account.id, conversationId: id } };
  }
  async function exported(person: Person, body: Partial<Body> & Pick<Body, 'subject'>) {
    const [path, headers] = [
      `/api/v1/accounts/${person.accountId}/subject-access`,
      {
        cookie: person.cookie,
        origin: node.url.origin,
        'x-csrf-token': await person.csrfToken(),
        'content-type': 'application/json',
      },
    ];
    const response = await fetch(new URL(path, node.url), {
      method: 'POST',
      headers,
      body: JSON.stringify({ locale: 'en', notes: 'included', ...body }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const files = response.status === 200 ? unzip(bytes) : new Map<string, Buffer>();
    const text = (response.status === 200 ? files.get('index.html') : bytes)?.toString() ?? '';
    return { response, files, text };
  }
  async function documentOf(person: Person, body: Partial<Body> & Pick<Body, 'subject'>) {
    const { response, files, text } = await exported(person, body);
    assert.equal(response.status, 200, text);
    const document = JSON.parse(files.get('data.json')?.toString() ?? '') as SubjectDocument;
    assert.ok(conforms(document), JSON.stringify(conforms.errors));
    return document;
  }

  it('holds everything of an identifier, oldest first: texts, profile with purposes, tags, times, and who handled it', async () => {
    const value = `${randomUUID()}@example.org`;
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'], name: 'Astrid Agent' });
    const one = await begun('First question', { email: value });
    await agent.call(takeConversation, { params: one.params });
    await agent.call(changeTags, { params: one.params, body: { add: ['complaint'], remove: [] } });
    for (const [kind, text] of [
      ['message', 'An answer'],
      ['note', 'A private note'],
    ] as const)
      await agent.call(postEntry, { params: one.params, body: { cid: randomUUID(), kind, text } });
    await agent.call(resolveConversation, { params: one.params });
    await one.visitor.call(rateConversation, {
      params: { siteKey: account.siteKey, conversationId: one.id },
      body: { score: 4 },
    });
    const two = await begun('Second question', { email: value.toUpperCase() });
    await begun('Somebody else', { email: `${randomUUID()}@example.org` });

    const subject = { kind: 'attribute', key: 'email', value } as const;
    // The activity log is written about once a second.
    let document = await documentOf(officer, { subject });
    await eventually(async () => {
      document = await documentOf(officer, { subject });
      return document.activity.some((each) => each.address === '127.0.0.1');
    }, 'the activity log has the connection');
    assert.deepEqual(
      document.conversations.map((each) => each.caseId),
      [one.caseId, two.caseId],
    );
    const [first] = document.conversations;
    assert.deepEqual(first?.tags, ['complaint']);
    assert.deepEqual(
      document.conversations.map(({ rating }) => rating),
      [4, null],
    );
    assert.deepEqual(first?.handledBy, ['Astrid Agent']);
    assert.equal(first?.profile[0]?.purpose, email.purpose);
    assert.equal(first?.profile[0]?.value, value);
    assert.deepEqual(
      first?.entries.flatMap(({ text, name, by }) => (text === null ? [] : [[by, name, text]])),
      [
        ['visitor', null, 'First question'],
        ['agent', 'Astrid Agent', 'An answer'],
        ['agent', null, 'A private note'],
      ],
      'agents are named where the visitor saw their names',
    );
    const without = await documentOf(officer, { subject, notes: 'left-out' });
    assert.ok(!JSON.stringify(without).includes('A private note'));

    const { text, response } = await exported(officer, { subject, locale: 'sv' });
    assert.match(response.headers.get('content-disposition') ?? '', /^attachment/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    for (const words of [
      'First question',
      'An answer',
      'A private note',
      'Second question',
      'Allt som är sparat',
      '4 av 5',
    ])
      assert.ok(text.includes(words), words);
    assert.ok(text.endsWith('</html>\n'));
  });

  it('holds one case for its case id', async () => {
    const { caseId } = await begun('Only this', { email: 'ann@example.org' });
    await begun('Not this', { email: 'ann@example.org' });
    const document = await documentOf(officer, { subject: { kind: 'case', caseId: caseId.toLowerCase() } });
    assert.deepEqual(
      document.conversations.map((each) => each.caseId),
      [caseId],
    );
  });

  it('holds the files of both sides, whole, and says which are damaged or gone', async () => {
    const admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    const { version } = await admin.call(getSettings, { params: { accountId: account.id } });
    await admin.call(changeSettings, {
      params: { accountId: account.id },
      body: {
        channelId: null,
        version,
        set: { 'media.visitors-may-send': true, 'media.agents-may-send': true },
        unset: [],
        reason: '',
      },
    });
    const { caseId, params, visitor, id } = await begun('With files', {});
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    await agent.call(takeConversation, { params });
    const [picture, answer] = [png({ width: 120, height: 80 }), pdf('An answer')];
    const sends = async (name: string, content: Buffer) => {
      const place = { params: { siteKey: account.siteKey, cid: randomUUID() } };
      assert.equal((await visitor.try(sendVisitorFile, { ...place, file: { name, content } })).status, 201);
    };
    await sends('Åsas <b> kvitto.png', picture);
    await sends('samma.png', picture);
    await sends('samma.png', picture);
    const answered = await agent.try(sendFile, {
      params: { ...params, cid: randomUUID() },
      file: { name: 'beslut.pdf', content: answer },
    } as never);
    assert.equal(answered.status, 201);

    const subject = { kind: 'case', caseId } as const;
    const whole = await exported(officer, { subject });
    const paths = ['1-Åsas _b_ kvitto.png', '2-samma.png', '3-samma.png', '4-beslut.pdf'];
    assert.deepEqual(
      [...whole.files.keys()],
      [...paths.map((path) => `files/${caseId}/${path}`), 'data.json', 'index.html'],
    );
    for (const path of paths)
      assert.ok(whole.files.get(`files/${caseId}/${path}`)?.equals(path.endsWith('.pdf') ? answer : picture));
    assert.ok(whole.text.includes(`href="files/${caseId}/${encodeURIComponent('1-Åsas _b_ kvitto.png')}"`));
    const document = await documentOf(officer, { subject });
    const entries = document.conversations[0]?.entries.filter((entry) => entry.kind === 'file');
    assert.deepEqual(
      entries?.map(({ by, details }) => [by, details['name']]),
      [
        ['visitor', 'Åsas _b_ kvitto.png'],
        ['visitor', 'samma.png'],
        ['visitor', 'samma.png'],
        ['agent', 'beslut.pdf'],
      ],
    );

    const { rows } = await db.asOwner<{ id: string }>(
      'select id from media where conversation_id = $1 order by stored_at',
      [id],
    );
    const pathOf = (at: number) => join(db.mediaDirectory, account.id, rows[at]?.id ?? '');
    await rm(pathOf(1));
    const bytes = await readFile(pathOf(2));
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(pathOf(2), bytes);
    const less = await documentOf(officer, { subject });
    assert.deepEqual(
      less.conversations[0]?.files.map(({ state }) => state),
      ['whole', 'missing', 'damaged', 'whole'],
    );
  });

  it('attack 42: answers a problem, and no file, when there is nothing, nothing in scope, or no leave', async () => {
    const value = `${randomUUID()}@example.org`;
    const { caseId } = await begun('Hello', { email: value });
    const subject = { kind: 'attribute', key: 'email', value } as const;
    const elsewhere = await makePerson(db, account, {
      url: node.url,
      roles: ['privacy-officer'],
      scope: { queue: [randomUUID()] },
    });
    const supervisor = await makePerson(db, account, { url: node.url, roles: ['supervisor'] });
    for (const [person, body, status] of [
      [officer, { subject: { ...subject, value: 'nobody@example.org' } }, 404],
      [officer, { subject: { ...subject, key: 'undeclared' } }, 422],
      [elsewhere, { subject }, 404],
      [elsewhere, { subject: { kind: 'case', caseId } }, 404],
      [supervisor, { subject }, 403],
    ] as const) {
      const { response, text } = await exported(person, body);
      assert.equal(response.status, status, text);
      assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.ok(!text.includes(value));
    }
  });

  it('is on the audit trail with the attribute and the cases, and its value is nowhere but in the file', async () => {
    const value = `${randomUUID()}@example.org`;
    const { id } = await begun('Hello', { email: value });
    const before = await tableContents(db);
    await documentOf(officer, { subject: { kind: 'attribute', key: 'email', value } });
    assert.deepEqual(await tableContents(db), before, 'the server keeps nothing of it');
    const { rows } = await db.asOwner<{ body: string }>(
      'select body from audit_outbox union all select body from audit_entry',
    );
    assert.ok(rows.some(({ body }) => body.includes('subject-access.exported') && body.includes(id)));
    assert.ok(!rows.some(({ body }) => body.includes(value)));
    assert.ok(kept.lines.length > 5);
    assert.ok(!kept.lines.some((line) => line.includes(value)));
  });

  it('attack 48: shows hostile texts, names and values as texts', async () => {
    const { params, caseId } = await begun(hostile.join('\n').replaceAll('\u0000', ''), {
      email: '<img src=x onerror=window.hit=1>',
    });
    const name = '<script>window.hit=1</script>';
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'], name });
    await agent.call(takeConversation, { params });
    const { text } = await exported(officer, { subject: { kind: 'case', caseId } });
    const tags = new Set(text.match(/<\/?[a-z!][a-z0-9]*/gi)?.map((tag) => tag.toLowerCase()));
    for (const tag of ['<script', '<img', '<svg', '<iframe', '<a', '<form', '<math', '<input', '<!--'])
      assert.ok(!tags.has(tag), tag);
    assert.equal(text.match(/<meta/g)?.length, 4, 'only our own');
    assert.equal(text.match(/<style>/g)?.length, 1);
    assert.match(text, /content-security-policy" content="default-src 'none'/);
    assert.ok(!text.includes('\u202e'));
    assert.ok(text.includes('&lt;script&gt;window.hit = 1&lt;/script&gt;'));
    const { response } = await exported(officer, { subject: { kind: 'case', caseId } });
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  });

  it('says how much of a case is damaged, and holds the rest', async () => {
    const { params, caseId, id } = await begun('Will be damaged', {});
    const agent = await makePerson(db, account, { url: node.url, roles: ['agent'] });
    await agent.call(takeConversation, { params });
    await agent.call(postEntry, { params, body: { cid: randomUUID(), kind: 'message', text: 'Whole' } });
    await db.asOwner(
      "update entry set body = set_byte(body, 30, get_byte(body, 30) # 1) where conversation_id = $1 and kind = 'message' and actor = 'visitor'",
      [id],
    );
    const document = await documentOf(officer, { subject: { kind: 'case', caseId } });
    assert.equal(document.conversations[0]?.unreadable, 1);
    assert.ok(document.conversations[0]?.entries.some((entry) => entry.text === 'Whole'));
  });
});

describe('markup', () => {
  it('takes everything but its own letters as text, also between quotes', () => {
    for (const text of hostile) {
      const { text: made } = markup`<p title="${text}">${text}</p>`;
      const inside = made.slice('<p title="'.length, -'</p>'.length);
      assert.doesNotMatch(inside.replace('">', ''), /[<>"']/);
    }
    const nested = markup`<b>${markup`<i>${'&'}</i>`}${[markup`<u></u>`]}${3}</b>`;
    assert.equal(nested.text, '<b><i>&amp;</i><u></u>3</b>');
  });
});
