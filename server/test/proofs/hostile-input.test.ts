import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { endpoints } from '@samtal/contract';
import { findConversations, postEntry, readEntries, takeConversation } from '@samtal/contract/conversations';
import type { Endpoint } from '@samtal/contract/endpoint';
import { createQueue } from '@samtal/contract/routing';
import { signIn } from '@samtal/contract/signin';
import { listUsers } from '@samtal/contract/users';
import { startConversation, startVisitorSession } from '@samtal/contract/widget';
import {
  makeAccount,
  makePerson,
  makeVisitor,
  request,
  type Answer,
  type Person,
  type TestAccount,
  type VisitorClient,
} from '../callers.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { keptLog, startTestNode, type TestNode } from '../node.ts';
import { tableContents } from '../table-contents.ts';

/** Stands for what a person wrote: it must not be in an answer to nonsense, and never in the log. */
const marker = `Kerstin-${randomBytes(6).toString('hex')}`;

describe('hostile input', () => {
  const { log, lines } = keptLog();
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let person: Person;
  let visitor: VisitorClient;
  let mine: { accountId: string; conversationId: string };
  let unchanged: Record<string, string>;

  before(async () => {
    db = await createTestDatabase();
    node = await startTestNode(db, { log });
    // Nobody asks for as much in a minute as this does.
    await db.asOwner('insert into installation_settings_version (version, body) values (1, $1)', [
      JSON.stringify({ 'api.user-requests-per-minute': 600_000 }),
    ]);
    account = await makeAccount(db, { origin: node.url.origin });
    person = await makePerson(db, account, {
      url: node.url,
      roles: ['administrator', 'supervisor', 'privacy-officer'],
    });
    // What no built-in role holds.
    await db.asOwner(
      `insert into role_allows select account_id, id, 'tickets.issue' from role
       where account_id = $1 and built_in = 'administrator'`,
      [account.id],
    );
    visitor = await makeVisitor(db, account, node.url);
    const { id } = await visitor.call(startConversation, { body: { cid: randomUUID(), text: 'Hello' } });
    mine = { accountId: account.id, conversationId: id };
    await person.call(takeConversation, { params: mine });
  });
  after(async () => {
    await node.stop();
    await db.close();
  });
  beforeEach(async () => {
    unchanged = await tableContents(db);
    lines.length = 0;
  });
  afterEach(async () => {
    assert.deepEqual(await tableContents(db), unchanged, 'nothing has changed');
    for (const secret of [marker, person.cookie.split('=')[1] ?? '', visitor.token])
      assert.ok(secret !== '' && !lines.join('').includes(secret), 'nothing of it is in the log');
    assert.deepEqual(
      lines.filter((line) => line.includes('"level":"error"')),
      [],
      'no fault of ours',
    );
  });

  /** Sends a body as it is, with whatever headers, as somebody who may. */
  async function send(
    endpoint: Endpoint,
    body: string | Uint8Array | ReadableStream,
    { params = {}, headers = {} }: { params?: Record<string, string>; headers?: Record<string, string> } = {},
  ): Promise<Answer<unknown>> {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? randomUUID());
    const response = await fetch(new URL(`/api/v1${path}`, node.url), {
      method: endpoint.method,
      headers: {
        ...(endpoint.access === 'visitor'
          ? { authorization: `Bearer ${visitor.token}` }
          : { cookie: person.cookie }),
        origin: node.url.origin,
        'x-csrf-token': await person.csrfToken(),
        'content-type': 'application/json',
        ...headers,
      },
      body,
      duplex: 'half',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const text = bytes.toString();
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      text,
      bytes,
      headers: response.headers,
    };
  }

  function refused(answer: Answer<unknown>, ...codes: string[]): void {
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/, answer.text);
    const { code, status } = answer.body as { code: string; status: number };
    assert.ok(codes.includes(code), `${code} is none of ${codes.join()}`);
    assert.equal(answer.status, status);
    assert.ok(!answer.text.includes(marker), answer.text);
  }

  const everyBody = endpoints.filter(
    // Forms, SCIM and their refusals are of other protocols (features/api-keys, features/provisioning).
    (endpoint) => endpoint.body !== undefined && endpoint.oauth !== true && endpoint.scim !== true,
  );
  const paramsOf = () => ({
    ...mine,
    siteKey: account.siteKey,
    queueId: account.queueId,
    siteId: account.siteId,
    userId: person.userId,
    roleId: randomUUID(),
    replyId: randomUUID(),
    mediaId: randomUUID(),
    kind: 'site',
    objectId: account.siteId,
    version: '1',
    destinationId: randomUUID(),
    keyId: randomUUID(),
    grantId: randomUUID(),
  });

  for (const endpoint of everyBody) {
    it(`attack 40, 56: ${endpoint.id} refuses every body that is no JSON object of its own`, async () => {
      const params = paramsOf();
      const nonsense: [string | Uint8Array, ...string[]][] = [
        ['', 'request.invalid'],
        [`{"text":"${marker}"`, 'request.malformed'],
        [marker, 'request.malformed'],
        [`{"a":1}{"b":2}`, 'request.malformed'],
        [`{"a":[{"b":1,"\\u0062":"${marker}"}]}`, 'request.malformed'],
        ['[]', 'request.invalid'],
        ['null', 'request.invalid'],
        ['17', 'request.invalid'],
        [`"${marker}"`, 'request.invalid'],
        ['{}', 'request.invalid'],
        [`{"${marker}":true}`, 'request.invalid'],
        [`{"__proto__":{"isAdmin":true,"x":"${marker}"}}`, 'request.malformed'],
        [`{"constructor":{"prototype":{"isAdmin":true}}}`, 'request.malformed'],
        [`{"\\u005f_proto__":{"x":"${marker}"}}`, 'request.malformed'],
        ['{"toString":"x","hasOwnProperty":"y"}', 'request.invalid'],
        [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'request.invalid', 'request.malformed'],
        [Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), 'request.malformed'],
        [Buffer.from(`{"text":"\xc0\xaf"}`, 'latin1'), 'request.malformed'],
        [Buffer.from(`{"text":"\xed\xa0\x80"}`, 'latin1'), 'request.malformed'],
        [Buffer.from(`{"text":"${marker}"}`, 'utf16le'), 'request.malformed'],
      ];
      // Where a body may be left out, these two are none of nonsense.
      const proper = endpoint.bodyOptional === true ? ['', '{}'] : [];
      for (const [body, ...codes] of nonsense)
        if (!proper.includes(body as string)) refused(await send(endpoint, body, { params }), ...codes);
    });

    it(`attack 40: ${endpoint.id} refuses a field of the wrong type, and one that it does not know`, async () => {
      const params = paramsOf();
      const { properties = {}, anyOf = [] } = endpoint.body as {
        properties?: object;
        anyOf?: { properties: object }[];
      };
      const fields = Object.keys(anyOf[0]?.properties ?? properties);
      assert.ok(fields.length > 0);
      for (const field of fields) {
        for (const value of [
          17.5,
          true,
          null,
          [],
          [[]],
          {},
          { $ne: null },
          '',
          marker.repeat(1_000),
          -1,
          1e300,
        ]) {
          const answer = await send(
            endpoint,
            JSON.stringify({ [field]: value, [`${marker}-unknown`]: value }),
            { params },
          );
          refused(answer, 'request.invalid');
        }
      }
    });

    it(`attack 32, 56: ${endpoint.id} refuses a body of another type, and one of ten megabytes`, async () => {
      const params = paramsOf();
      const body = JSON.stringify({ text: marker });
      for (const type of [
        'text/plain',
        'text/plain;charset=UTF-8',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'application/jsonp',
        'application/json\t; x',
        'application/xml',
        'text/json',
      ]) {
        refused(
          await send(endpoint, body, { params, headers: { 'content-type': type } }),
          'request.media-type',
          'request.invalid',
          'not-found',
        );
      }
      const large = Buffer.alloc(10 * 1024 * 1024, 0x61);
      refused(await send(endpoint, large, { params }), 'request.too-large');
      const streamed = new ReadableStream({
        start(controller) {
          for (let part = 0; part < 3; part += 1) controller.enqueue(Buffer.alloc(64 * 1024, 0x61));
          controller.close();
        },
      });
      refused(await send(endpoint, streamed, { params }), 'request.too-large');
    });
  }

  it('is refused as a body where there is none to be', async () => {
    for (const endpoint of endpoints.filter(
      ({ body, method, access, scim }) =>
        body === undefined && method !== 'GET' && access !== 'anyone' && scim !== true,
    )) {
      refused(
        await send(endpoint, JSON.stringify({ text: marker }), {
          params: { ...paramsOf(), grantId: randomUUID() },
        }),
        'request.invalid',
        'request.media-type',
        'not-found',
      );
    }
  });

  it('is refused as a message that is too long, empty, or has a kind or an id that is none', async () => {
    const good = { cid: randomUUID(), kind: 'message', text: marker };
    for (const bad of [
      { text: 'x'.repeat(4001) },
      { text: '😀'.repeat(4001) },
      { text: '' },
      { text: ' \n\t\u3000' },
      { kind: 'resolved' },
      { kind: 'constructor' },
      { cid: 'x' },
      { cid: good.cid.toUpperCase() },
      { cid: `urn:uuid:${good.cid}` },
      { actor: { kind: 'system' } },
      { seq: 1 },
    ]) {
      refused(
        await person.try(postEntry, { params: mine, body: { ...good, ...bad } as never }),
        'request.invalid',
      );
    }
    for (const bad of [{ text: 'x'.repeat(4001) }, { cid: 7 }, { agentId: person.userId }]) {
      refused(
        await visitor.try(startConversation, { body: { cid: good.cid, text: marker, ...bad } }),
        'request.invalid',
      );
    }
  });

  it('is refused as text that the database would change', async () => {
    for (const name of [`${marker}\0`, `${marker} \ud83d`, '\udc00']) {
      refused(
        await person.try(createQueue, { params: { accountId: account.id }, body: { name } }),
        'request.invalid',
      );
    }
    refused(
      await person.try(listUsers, { params: { accountId: account.id }, query: { search: `${marker}\0` } }),
      'request.invalid',
    );
  });

  it('attack 52: is text where a search takes text, and finds nobody by being more', async () => {
    for (const search of [
      `${marker}' or '1'='1`,
      `' or 1=1 --`,
      `'; drop table membership; --`,
      `') union select email from identity --`,
      '%',
      '_____',
      String.raw`\' or true --`,
      '$1',
      `x'::text || pg_sleep(2) || '`,
    ]) {
      const found = await person.call(listUsers, { params: { accountId: account.id }, query: { search } });
      assert.deepEqual(found.items, [], search);
    }
  });

  it('attack 52, 56: is refused in a query: twice the same, unknown, out of range, no instant, no cursor', async () => {
    const ask = async (endpoint: Endpoint, query: string) =>
      await request(
        node.url,
        { ...endpoint, path: `${endpoint.path}?${query}` },
        {
          params: mine,
          headers: { cookie: person.cookie },
        },
      );
    const encoded = (...values: string[]) => Buffer.from(JSON.stringify(values)).toString('base64url');
    const plain = (text: string) => Buffer.from(text).toString('base64url');
    for (const [endpoint, ...queries] of [
      [
        readEntries,
        'after=1&after=2',
        'limit=0',
        'limit=501',
        'after=-1',
        'after=x',
        'after=1e400',
        'audience=secret',
        'audience[]=public',
        `${marker}=1`,
        '__proto__=1',
        'constructor=1',
        'after=',
        'after=1e300',
      ],
      [
        findConversations,
        'from=yesterday',
        'from=2026-02-30T00:00:00Z',
        'until=2016-12-31T23:59:60Z',
        'cursor=x',
        `cursor=${plain(marker)}`,
        `cursor=${plain(`2026-13-45T99:99:99.000000Z ${'-'.repeat(36)}`)}`,
        `cursor=${plain(`2026-01-01T00:00:00.000000Z ${'a'.repeat(36)}`)}`,
        'caseId=ILOU0-00000',
        'state=open',
        'limit=1&limit=2',
        'queueId=x',
        `cursor=${'a'.repeat(201)}`,
      ],
      [
        listUsers,
        `cursor=${encoded('a')}`,
        `cursor=${encoded('a\0b', randomUUID())}`,
        `cursor=${plain('{"a":1}')}`,
        'cursor=%FF%FE',
        `search=${'x'.repeat(121)}`,
      ],
    ] as [Endpoint, ...string[]][]) {
      for (const query of queries) refused(await ask(endpoint, query), 'request.invalid');
    }
  });

  it('is refused in a path, whatever stands in place of an id', async () => {
    for (const path of [
      `/api/v1/accounts/${marker}`,
      `/api/v1/accounts/${account.id.toUpperCase()}`,
      `/api/v1/accounts/${account.id}%00`,
      `/api/v1/accounts/${account.id}/users/..%2f..%2f`,
      `/api/v1/accounts/${account.id}/`,
      `/api/v1//accounts/${account.id}`,
      `/api/v1/accounts/${'x'.repeat(5_000)}`,
      `/api/v1/widget/${marker}`,
      `/api/v1/${marker}`,
      '/api/v1/__proto__',
      '/api/v2/session',
      '/api/',
    ]) {
      const response = await fetch(new URL(path, node.url), { headers: { cookie: person.cookie } });
      const bytes = Buffer.from(await response.arrayBuffer());
      const text = bytes.toString();
      refused(
        { status: response.status, body: JSON.parse(text), text, bytes, headers: response.headers },
        'not-found',
      );
    }
  });

  it('reaches no file outside the pages, however the way there is written', async () => {
    for (const path of [
      '/../package.json',
      '/..%2fpackage.json',
      '/%2e%2e/package.json',
      '/%2e%2e%2f%2e%2e%2fpackage.json',
      '/assets/../../../package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/assets%5c..%5c..%5cpackage.json',
      '/widget/..%2f..%2f..%2fpackage.json',
      '/widget/%2e%2e/%2e%2e/package.json',
      '/widget//etc/passwd',
      '/%2fetc%2fpasswd',
      '//etc/passwd',
      '/demo/..%2f..%2fpackage.json',
      '/api/docs/..%2f..%2f..%2fpackage.json',
      '/.git/config',
      '/%00',
      '/assets/%00.js',
      '/%c0%ae%c0%ae/package.json',
    ]) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
      assert.doesNotMatch(answer, /samtal-workspace|@samtal\/server|root:|\[core\]/, path);
      assert.match(answer, /^HTTP\/1\.1 (200|400|403|404) /, `${path}: ${answer.slice(0, 60)}`);
      // What is answered is the console’s own page, which finds nothing there, or a problem.
      if (answer.startsWith('HTTP/1.1 200')) assert.match(answer, /<!doctype html>/i, path);
    }
  });

  it('attack 56: is answered with a problem when it is not even HTTP', async () => {
    const head = 'host: localhost\r\nconnection: close\r\n';
    for (const [text, status] of [
      [`GET / HTTP/1.1\r\n${head}x: ${marker.padEnd(20_000, 'x')}\r\n\r\n`, 431],
      [`GET /${marker.padEnd(20_000, 'x')} HTTP/1.1\r\n${head}\r\n`, 431],
      [`${marker}\r\n\r\n`, 400],
      [`GET / HTTP/1.1\r\n${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`, 400],
      [
        `POST /api/v1/session HTTP/1.1\r\n${head}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n`,
        400,
      ],
      [`GET /%zz HTTP/1.1\r\n${head}\r\n`, 400],
      [`GET / HTTP/1.1\r\n${head}bad header: x\r\n\r\n`, 400],
    ] as const) {
      const answer = await raw(text);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer.slice(0, 100));
      assert.match(answer, /content-type: application\/problem\+json/i, answer.slice(0, 300));
      assert.ok(!answer.includes(marker));
    }
  });

  it('is refused from an origin that is not the site’s', async () => {
    for (const origin of [
      'https://attacker.example',
      'null',
      `${account.origin}.attacker.example`,
      account.origin.replace('http:', 'https:'),
      `${account.origin}0`,
      '',
    ]) {
      refused(
        await visitor.try(startConversation, { body: { cid: randomUUID(), text: marker } }, { origin }),
        'request.origin',
      );
      const answer = await request(node.url, startVisitorSession, {
        params: { siteKey: account.siteKey },
        headers: { origin },
      });
      refused(answer, 'request.origin');
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    }
    const preflight = await fetch(new URL(`/api/v1/widget/${account.siteKey}/conversation`, node.url), {
      method: 'OPTIONS',
      headers: { origin: 'https://attacker.example', 'access-control-request-method': 'POST' },
    });
    assert.deepEqual([preflight.status, preflight.headers.get('access-control-allow-origin')], [403, null]);
  });

  it('attack 32: never lets another origin read or send with a user’s cookie', async () => {
    const headers = { origin: 'https://attacker.example' };
    refused(
      await send(signIn, JSON.stringify({ email: 'a@example.org', password: marker }), { headers }),
      'request.origin',
    );
    const response = await fetch(new URL('/api/v1/session', node.url), {
      headers: { cookie: person.cookie, ...headers },
    });
    assert.equal(response.headers.get('access-control-allow-origin'), null);
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'same-origin');
    const preflight = await fetch(new URL('/api/v1/session', node.url), { method: 'OPTIONS', headers });
    assert.equal(preflight.headers.get('access-control-allow-origin'), null);
    assert.equal(preflight.status, 404);
  });

  async function raw(text: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      const socket = connect(Number(node.url.port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setEncoding('utf8').on('data', (part: string) => void (answer += part));
      socket.on('close', () => resolve(answer));
      socket.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
      );
      socket.setTimeout(5_000, () => socket.destroy());
    });
  }
});
