import assert from 'node:assert/strict';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  changeAuditDestination,
  createAuditDestination,
  deleteAuditDestination,
  testAuditDestination,
  listAuditDestinations,
  type AuditDestination,
  type AuditTarget,
} from '@samtal/contract/audit';
import {
  keepCheckpoints,
  lastNumberIn,
  pruneAudit,
  recordAudit,
  sealOutbox,
} from '../../platform/audit/index.ts';
import { Outbound } from '../../platform/outbound/index.ts';
import { testAccount, testUser } from '../../../test/accounts.ts';
import { testCertificate } from '../../../test/certificate.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { keptLog } from '../../../test/node.ts';
import { Browser, codeOf, testHttp } from '../../../test/requests.ts';
import { AuditStreamer } from './index.ts';
import { auditRoutes } from './routes.ts';

const password = 'blå hästar äter 7 tulpaner';
const headKey = randomBytes(32);
const { cert, key } = testCertificate();

/** One request that a webhook got. */
interface Got {
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

describe('the audit trail sent elsewhere', () => {
  let db: TestDatabase;
  let account: string;
  let officer: Browser;
  let streamer: AuditStreamer;
  let closing: (() => unknown)[] = [];
  const outbound = new Outbound({ networks: ['127.0.0.0/8'] });
  const logged = keptLog();

  before(async () => {
    db = await createTestDatabase();
    const http = testHttp(db, (served) =>
      auditRoutes(served, { ...db, outbound, hostName: 'chat.example.org' }),
    );
    account = await testAccount(db);
    const person = await testUser(db, account, { password, roles: ['privacy-officer'] });
    officer = await Browser.signIn(http, person);
  });
  after(async () => await db.close());
  beforeEach(() => {
    logged.lines.length = 0;
    streamer = makeStreamer();
    streamer.start();
  });
  afterEach(async () => {
    await streamer.stop();
    await db.asOwner('delete from audit_destination');
    for (const close of closing) await close();
    closing = [];
  });

  const makeStreamer = () =>
    new AuditStreamer({ ...db, outbound, log: logged.log, hostName: 'chat.example.org' });
  async function record(...texts: string[]): Promise<void> {
    await db.database.transaction(account, async (tx) => {
      for (const text of texts)
        await recordAudit(tx, account, {
          action: 'tests.happened',
          actor: { kind: 'system' },
          details: { text },
        });
    });
    await db.database.transaction('platform', async (tx) => await sealOutbox(tx, headKey));
  }
  async function checkpoint(): Promise<void> {
    const keys = async () => ({ head: headKey, signing: await db.keyring.signingKey() });
    const parts = { database: db.database, keys, directory: db.checkpointDirectory, log: logged.log };
    await keepCheckpoints(parts, 'now', await lastNumberIn(db.checkpointDirectory));
  }
  async function create(
    target: AuditTarget,
    more: { from?: 'beginning' | 'now'; client?: { cert: string; key: string } } = {},
  ) {
    const answer = await officer.call(createAuditDestination, {
      params: { accountId: account },
      body: { name: randomBytes(4).toString('hex'), target, from: 'now', ...more },
    });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json<{ destination: AuditDestination; signingSecret: string | null }>();
  }
  const list = async () =>
    (await officer.call(listAuditDestinations, { params: { accountId: account } })).json<{
      items: AuditDestination[];
    }>().items;
  async function until<Value>(look: () => Promise<Value | false> | Value | false): Promise<Value> {
    for (let tries = 0; tries < 400; tries += 1) {
      const value = await look();
      if (value !== false) return value;
      await sleep(50);
    }
    throw new Error(`It did not come to that; the log says ${logged.lines.join('')}`);
  }
  /** Lets what is waiting because it failed be tried at once. */
  const tryNow = async () => await db.asOwner('update audit_destination set next_try_at = now()');

  async function listen(server: Server | HttpsServer): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }
  /** An HTTPS server that answers with one status after the other, and then 204. */
  async function webhook(statuses: number[] = []): Promise<{ got: Got[]; target: AuditTarget }> {
    const got: Got[] = [];
    const server = createHttpsServer({ cert, key }, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        got.push({ headers: request.headers, body: Buffer.concat(parts) });
        response.writeHead(statuses.shift() ?? 204, { location: 'https://127.0.0.1/elsewhere' });
        response.end();
      });
    });
    const port = await listen(server);
    return { got, target: { kind: 'webhook', url: `https://localhost:${port}/hook?x=1`, ca: cert } };
  }
  const batchOf = ({ body }: Got) =>
    JSON.parse(body.toString()) as {
      account: string;
      entries: { seq: number; body: string }[];
      checkpoint: { number: number; leaf: { seq: number } } | null;
    };
  const texts = (got: readonly Got[]) =>
    got.flatMap((each) =>
      batchOf(each).entries.flatMap(({ body }) => {
        const { action, details } = JSON.parse(body) as { action: string; details?: { text: string } };
        return action === 'tests.happened' ? [details?.text] : [];
      }),
    );

  it('arrives at a webhook in order, signed over time and body', async () => {
    const { got, target } = await webhook();
    const { signingSecret } = await create(target);
    await record('one', 'two');
    await record('three');
    await until(() => texts(got).length === 3);
    assert.deepEqual(texts(got), ['one', 'two', 'three']);
    for (const { headers, body } of got) {
      const timestamp = String(headers['samtal-timestamp']);
      assert.ok(Math.abs(Number(timestamp) - Date.now() / 1000) < 60);
      const mac = createHmac('sha256', signingSecret ?? '')
        .update(`${timestamp}.${body.toString()}`)
        .digest('hex');
      assert.equal(headers['samtal-signature'], `v1=${mac}`);
      assert.equal(headers['content-type'], 'application/json');
    }
    await until(async () => (await list())[0]?.behind === 0);
  });

  it('comes with the newest checkpoint, also when nothing else happened', async () => {
    const { got, target } = await webhook();
    await create(target);
    await record('one');
    await checkpoint();
    await until(() => got.some((each) => batchOf(each).checkpoint !== null));
    await checkpoint();
    await until(() => got.filter((each) => batchOf(each).checkpoint !== null).length === 2);
    const [first, second] = got.map((each) => batchOf(each).checkpoint).filter((each) => each !== null);
    assert.equal(second?.number, (first?.number ?? 0) + 1);
    assert.equal(second?.leaf.seq, first?.leaf.seq);
  });

  it('is sent again after a failure, later and later, and nothing is left out or out of order', async () => {
    const { got, target } = await webhook([500, 302, 404]);
    await create(target);
    await record('one');
    const failing = async (code: string, attempts: number) =>
      await until(async () => {
        const { failing = null } = (await list())[0] ?? {};
        return failing?.code === code && failing.attempts === attempts && failing;
      });
    const first = await failing('answered-500', 1);
    await record('two');
    await tryNow();
    const second = await failing('redirected', 2);
    assert.equal(second.since, first.since);
    assert.ok(Date.parse(second.nextTryAt) - Date.now() > 1_000);
    assert.equal((await list())[0]?.behind, 2 + 1);
    await tryNow();
    await failing('answered-404', 3);
    await tryNow();
    await until(async () => (await list())[0]?.failing === null);
    assert.deepEqual(texts(got.slice(3)), ['one', 'two']);
    assert.match(logged.lines.join(''), /audit-stream-failing.*"code":"answered-500"/);
  });

  it('goes to each destination on its own: one that fails holds back nobody', async () => {
    const bad = await webhook(Array.from({ length: 50 }, () => 503));
    const good = await webhook();
    await create(bad.target);
    await create(good.target);
    await record('one');
    await until(() => texts(good.got).includes('one'));
    await until(async () => (await list()).some(({ failing }) => failing?.code === 'answered-503'));
  });

  it('is sent by one of several nodes, once', async () => {
    const others = [makeStreamer(), makeStreamer(), makeStreamer()];
    for (const other of others) {
      other.start();
      closing.push(async () => await other.stop());
    }
    const { got, target } = await webhook();
    await create(target);
    for (const text of ['a', 'b', 'c', 'd']) {
      await record(text);
      await sleep(300);
    }
    await until(() => texts(got).length >= 4);
    assert.deepEqual(texts(got), ['a', 'b', 'c', 'd']);
  });

  it('goes on after a node died in the middle, perhaps with something twice', async () => {
    const { got, target } = await webhook();
    await create(target);
    await db.asOwner(
      "update audit_destination set lease = gen_random_uuid(), leased_until = now() + interval '1 minute'",
    );
    await record('one');
    await sleep(1_500);
    assert.deepEqual(texts(got), []);
    await db.asOwner("update audit_destination set leased_until = now() - interval '1 second'");
    await until(() => texts(got).includes('one'));
  });

  it('is paused and goes on where it was, and stops for good when the destination is deleted', async () => {
    const { got, target } = await webhook();
    const { destination } = await create(target);
    const params = { accountId: account, destinationId: destination.id };
    await officer.call(changeAuditDestination, { params, body: { active: false } });
    await record('one');
    await sleep(1_500);
    assert.deepEqual(texts(got), []);
    await officer.call(changeAuditDestination, { params, body: { active: true } });
    await until(() => texts(got).includes('one'));
    assert.equal((await officer.call(deleteAuditDestination, { params })).statusCode, 204);
    assert.equal(codeOf(await officer.call(deleteAuditDestination, { params })), 'not-found');
    await record('two');
    await sleep(1_500);
    assert.deepEqual(texts(got), ['one']);
  });

  it('begins at the beginning where that is wanted, and at the base where that was pruned', async () => {
    await record('old');
    await checkpoint();
    const all = await webhook();
    await create(all.target, { from: 'beginning' });
    await until(() => texts(all.got).includes('old'));
    assert.equal(batchOf(all.got[0] ?? assert.fail()).entries[0]?.seq, 1);
    await db.database.transaction(
      'platform',
      async (tx) =>
        await pruneAudit(tx, await db.keyring.signingKey(), {
          account,
          before: new Date(Date.now() + 60_000),
        }),
    );
    const rest = await webhook();
    await create(rest.target, { from: 'beginning' });
    await record('new');
    await until(() => texts(rest.got).includes('new'));
    assert.ok(!texts(rest.got).includes('old'));
  });

  it('keeps secrets to itself, and out of the database', async () => {
    const { target } = await webhook();
    const { signingSecret } = await create(target);
    assert.match(signingSecret ?? '', /^samtal_[\w-]{43}$/);
    const { rows } = await db.asOwner<{ text: string; secret: Buffer }>(
      'select d::text as text, secret from audit_destination d',
    );
    const secret = Buffer.from(signingSecret ?? '');
    assert.ok(
      !rows[0]?.text.includes(signingSecret ?? '') && !rows[0]?.text.includes(secret.toString('hex')),
    );
    assert.equal(rows[0]?.secret.includes(secret), false);
    assert.ok(!JSON.stringify(await list()).includes(signingSecret ?? ''));
  });

  it('attack 57: refuses addresses inside, names that are taken, and what is no HTTPS address', async () => {
    const attempt = async (target: unknown, name = 'Inside') =>
      codeOf(
        await officer.call(createAuditDestination, {
          params: { accountId: account },
          body: { name, target: target as AuditTarget, from: 'now' },
        }),
      );
    assert.equal(
      await attempt({ kind: 'webhook', url: 'https://169.254.169.254/' }),
      'audit.destination-refused',
    );
    assert.equal(await attempt({ kind: 'webhook', url: 'https://[::1]/' }), 'audit.destination-refused');
    assert.equal(await attempt({ kind: 'webhook', url: 'https://2852039166/' }), 'audit.destination-refused');
    const inside = { kind: 'syslog', host: '10.0.0.1', port: 514, transport: 'tcp' };
    assert.equal(await attempt(inside), 'audit.destination-refused');
    for (const url of [
      'http://siem.example',
      'file:///etc/passwd',
      'https://user:pw@siem.example',
      'gopher://x',
    ])
      assert.equal(await attempt({ kind: 'webhook', url }), 'request.invalid');
    const { target } = await webhook();
    assert.equal(await attempt(target, 'Twice'), undefined);
    assert.equal(await attempt(target, 'TWICE'), 'names.taken');
  });

  it('attack 57: refuses at the last moment, too: a name that leads inside gets no connection', async () => {
    let connections = 0;
    const port = await listen(createServer(() => (connections += 1)));
    const strict = new AuditStreamer({
      ...db,
      outbound: new Outbound({ networks: [] }),
      log: logged.log,
      hostName: 'chat.example.org',
    });
    await streamer.stop();
    await create({ kind: 'webhook', url: `https://localhost:${port}/`, ca: cert });
    await record('one');
    strict.start();
    await until(async () => (await list())[0]?.failing?.code === 'address-refused');
    await strict.stop();
    assert.equal(connections, 0);
  });

  /** A syslog receiver that reads octet-counted frames (RFC 6587, 3.4.1), and nothing else. */
  function receiver(messages: string[]) {
    return (socket: Socket) => {
      let rest = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (part: Buffer) => {
        rest = Buffer.concat([rest, part]);
        for (;;) {
          const space = rest.indexOf(' ');
          const size = Number(rest.subarray(0, Math.max(space, 0)).toString());
          if (space < 1 || rest.length < space + 1 + size) return;
          assert.match(rest.subarray(0, space).toString(), /^[1-9]\d*$/);
          messages.push(rest.subarray(space + 1, space + 1 + size).toString());
          rest = rest.subarray(space + 1 + size);
        }
      });
    };
  }
  const happened = (messages: readonly string[]) =>
    messages.filter((each) => each.includes('tests.happened'));

  it('arrives at syslog over TCP as RFC 5424 messages', async () => {
    const messages: string[] = [];
    const port = await listen(createServer(receiver(messages)));
    await create({ kind: 'syslog', host: '127.0.0.1', port, transport: 'tcp' });
    await record('räksmörgås "]\\', 'two');
    await until(() => happened(messages).length === 2);
    const [first = ''] = happened(messages);
    const match =
      /^<109>1 (\S+) chat\.example\.org samtal - tests\.happened \[samtal@32473 (.*?[^\\])\] \uFEFF(.*)$/.exec(
        first,
      );
    assert.ok(match, first);
    assert.match(match[1] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(
      match[2] ?? '',
      new RegExp(`^account="${account}" seq="\\d+" action="tests.happened" actorKind="system"`),
    );
    assert.match(match[2] ?? '', /previous="[0-9a-f]{64}" hash="[0-9a-f]{64}"$/);
    const { details } = JSON.parse(match[3] ?? '') as { details: { text: string } };
    assert.equal(details.text, 'räksmörgås "]\\');
    await checkpoint();
    await until(() => messages.some((each) => each.includes('samtal - audit.checkpoint [')));
  });

  it('arrives at syslog over TLS with a client’s certificate, and not at one who cannot prove who it is', async () => {
    const messages: string[] = [];
    const client = testCertificate('client');
    const server = createTlsServer(
      { cert, key, requestCert: true, rejectUnauthorized: true, ca: client.cert },
      receiver(messages),
    );
    server.on('tlsClientError', () => undefined);
    const port = await listen(server);
    const target = { kind: 'syslog', host: 'localhost', port, transport: 'tls' } as const;
    await create({ ...target, ca: cert }, { client });
    await create(target, { client });
    await record('one');
    await until(() => happened(messages).length === 1);
    await until(async () => (await list()).some(({ failing }) => failing?.code === 'tls-failed'));
    assert.equal(happened(messages).length, 1);
  });

  it('is tested by a message without entries, which says what it met with and moves nothing', async () => {
    const test = async (destinationId: string) => {
      const answer = await officer.call(testAuditDestination, {
        params: { accountId: account, destinationId },
      });
      assert.equal(answer.statusCode, 200, answer.body);
      return answer.json<{ failure: string | null }>().failure;
    };
    await streamer.stop();
    const { got, target } = await webhook([204, 503]);
    const { destination, signingSecret } = await create(target);
    await record('waits');
    const { behind } = (await list())[0] ?? assert.fail();
    assert.ok(behind > 0);
    assert.equal(await test(destination.id), null);
    const [first = assert.fail()] = got;
    const body = JSON.parse(first.body.toString()) as Record<string, unknown>;
    assert.deepEqual([body['test'], body['entries'], body['checkpoint']], [true, [], null]);
    const at = String(first.headers['samtal-timestamp']);
    const signed = createHmac('sha256', signingSecret ?? '')
      .update(`${at}.`)
      .update(first.body);
    assert.equal(first.headers['samtal-signature'], `v1=${signed.digest('hex')}`);
    assert.equal(await test(destination.id), 'answered-503');
    const [now] = await list();
    assert.deepEqual([now?.behind, now?.failing], [behind, null]);

    const messages: string[] = [];
    const port = await listen(createServer(receiver(messages)));
    const syslog = await create({ kind: 'syslog', host: '127.0.0.1', port, transport: 'tcp' });
    assert.equal(await test(syslog.destination.id), null);
    assert.equal(messages.filter((each) => each.includes('samtal - audit.test [')).length, 1);
    const gone = await officer.call(testAuditDestination, {
      params: { accountId: account, destinationId: randomUUID() },
    });
    assert.equal(codeOf(gone), 'not-found');
  });

  it('has a history of where it is sent, without addresses and secrets', async () => {
    const target = { kind: 'webhook', url: 'https://siem.example/in?token=hunter2' } as const;
    const { destination, signingSecret } = await create(target);
    const params = { accountId: account, destinationId: destination.id };
    const change = async (body: object) => await officer.call(changeAuditDestination, { params, body });
    assert.equal(destination.version, 1);
    assert.equal((await change({ active: false, version: 1, reason: 'The receiver moves' })).statusCode, 200);
    assert.equal(codeOf(await change({ name: 'Other', version: 1 })), 'history.changed-meanwhile');
    assert.equal((await officer.call(deleteAuditDestination, { params })).statusCode, 204);
    const { rows } = await db.asOwner<{ body: object | null; reason: string }>(
      "select body, reason from configuration_version where kind = 'audit-destination' and object_id = $1 order by version",
      [destination.id],
    );
    const { name } = destination;
    assert.deepEqual(rows, [
      { body: { name, active: true, kind: 'webhook', host: 'siem.example' }, reason: '' },
      { body: { name, active: false, kind: 'webhook', host: 'siem.example' }, reason: 'The receiver moves' },
      { body: null, reason: '' },
    ]);
    assert.ok(
      !JSON.stringify(rows).includes('hunter2') && !JSON.stringify(rows).includes(signingSecret ?? '-'),
    );
  });

  it('is not taken for delivered by a receiver that hangs up before it has read everything', async () => {
    const messages: string[] = [];
    let refusing = true;
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined);
        if (refusing) socket.resetAndDestroy();
        else receiver(messages)(socket);
      }),
    );
    await create({ kind: 'syslog', host: '127.0.0.1', port, transport: 'tcp' });
    await record('one');
    await until(async () => (await list())[0]?.failing !== null && (await list())[0]?.failing !== undefined);
    refusing = false;
    await tryNow();
    await until(() => happened(messages).length === 1);
  });
});
