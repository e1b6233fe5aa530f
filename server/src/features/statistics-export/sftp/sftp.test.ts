import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeExportAccount, getExportServer, revokeExportKey } from '@samtal/contract/statistics-export';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import { makeAccount, makePerson, type Person, type TestAccount } from '../../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import {
  clientKey,
  publishTestFile,
  testExportAccount,
  testExportKey,
  type ClientKey,
} from '../../../../test/export-accounts.ts';
import { keptLog, startTestNode, type TestNode } from '../../../../test/node.ts';

const files = {
  'Metrics/2026/11/25/queues-2026-11-25.csv': Buffer.from('a,b\r\n1,2\r\n'),
  'Metrics/2026/11/26/agents-2026-11-26.csv': Buffer.from('c\r\n'),
  'Metrics/2026/11/26/07/queues-2026-11-26T07.csv': Buffer.alloc(0),
  // Read in several parts.
  'Metrics/2026/11/26/07/conversations-2026-11-26T07.csv': randomBytes(9 * 1_048_576 + 17),
};

describe('statistics by SFTP', { timeout: 240_000 }, () => {
  const { log, lines } = keptLog();
  let db: TestDatabase;
  let node: TestNode;
  let account: TestAccount;
  let admin: Person;
  let directory: string;

  before(async () => {
    db = await createTestDatabase();
    // The process is another one, so its clock is: it is given little time instead.
    node = await startTestNode(db, {
      log,
      sftp: { loginMs: 2_000, idleMs: 2_500, refusalMs: 50, connectionsPerMinute: 100_000 },
    });
    account = await makeAccount(db, { origin: node.url.origin });
    admin = await makePerson(db, account, { url: node.url, roles: ['administrator'] });
    for (const [path, content] of Object.entries(files)) await publish(account.id, path, content);
    directory = await mkdtemp(join(tmpdir(), 'samtal-test-sftp-'));
    await settled(() => assert.ok(port() > 0));
  });
  after(async () => {
    await node.stop();
    await db.close();
    await rm(directory, { recursive: true, force: true });
  });

  const port = () => node.app.sftp?.port ?? 0;

  const publish = async (accountId: string, path: string, content: Buffer) =>
    await publishTestFile(db, { accountId, path, content });

  /** An export account with a key that is taken. */
  async function exporter({
    of = account,
    ...options
  }: { of?: { id: string }; networks?: string[]; expiresAt?: Date } = {}) {
    const { id, userName } = await testExportAccount(db, of.id, options);
    const key = clientKey();
    const keyId = await testExportKey(db, { accountId: of.id, exportAccountId: id, blob: key.blob });
    return { id, userName, key, keyId, config: configOf(userName, key) };
  }

  const configOf = (username: string, key: ClientKey, more: ConnectConfig = {}): ConnectConfig => ({
    host: '127.0.0.1',
    port: port(),
    username,
    privateKey: key.privateKey,
    readyTimeout: 15_000,
    ...more,
  });

  /** As a program of a customer does it. */
  async function using<Result>(
    config: ConnectConfig,
    work: (client: SftpClient) => Promise<Result>,
  ): Promise<Result> {
    const client = new SftpClient();
    // Its packets are several small writes, each of which would wait for the one before it to be acknowledged (40 ms).
    await client.connect({ ...config, sock: connect({ port: port(), host: '127.0.0.1', noDelay: true }) });
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** The same below the comfort. */
  async function open(config: ConnectConfig): Promise<{ client: Client; sftp: SFTPWrapper }> {
    const client = await connected(config);
    return { client, sftp: await sftpOf(client) };
  }

  async function auditOf(
    exportAccountId: string,
  ): Promise<{ action: string; details: Record<string, unknown> }[]> {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from (select account_id, id as nr, body from audit_outbox union all select account_id, seq, body from audit_entry) e
       where account_id = $1 and body::jsonb -> 'subject' ->> 'id' = $2 order by nr`,
      [account.id, exportAccountId],
    );
    return rows.map(({ body }) => JSON.parse(body) as { action: string; details: Record<string, unknown> });
  }

  it('gives the tree as it is, byte by byte, and says who fetched what', async () => {
    const { id, config, keyId } = await exporter();
    const to = join(directory, 'all');
    await using(config, async (client) => await client.downloadDir('/Metrics', to));
    const fetched = (await readdir(to, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    assert.equal(fetched.length, Object.keys(files).length);
    for (const [path, content] of Object.entries(files))
      assert.ok((await readFile(join(to, path.slice('Metrics/'.length)))).equals(content), path);
    await settled(async () =>
      assert.equal((await auditOf(id)).at(-1)?.action, 'statistics-export.session-ended'),
    );
    const trail = await auditOf(id);
    assert.deepEqual(
      [trail[0]?.action, trail[0]?.details['key']],
      ['statistics-export.session-began', keyId],
    );
    const read = trail
      .filter(({ action }) => action === 'statistics-export.files-read')
      .flatMap(({ details }) => details['files'] as string[]);
    assert.deepEqual(
      read.toSorted(),
      Object.entries(files)
        .map(([path, { length }]) => `${path} ${length} complete`)
        .toSorted(),
    );
    assert.equal(trail.at(-1)?.details['files'], 4);
    const { rows } = await db.asOwner<{ used: boolean }>(
      `select a.last_used_at is not null and k.last_used_at is not null as used
       from export_account a join export_key k on k.export_account_id = a.id where a.id = $1`,
      [id],
    );
    assert.deepEqual(rows, [{ used: true }]);
  });

  it('lists folders and files with their sizes and the time of publication, to be read by everybody', async () => {
    const { config } = await exporter();
    await using(config, async (client) => {
      assert.deepEqual(
        (await client.list('/')).map(({ name, type }) => [name, type]),
        [['Metrics', 'd']],
      );
      assert.deepEqual(
        (await client.list('/Metrics/2026/11')).map(({ name }) => name),
        ['25', '26'],
      );
      const day = await client.list('Metrics/2026/11/26');
      assert.deepEqual(
        day.map(({ name, type, size }) => [name, type, size]),
        [
          ['07', 'd', 0],
          ['agents-2026-11-26.csv', '-', 3],
        ],
      );
      assert.equal(day[1]?.modifyTime, Date.parse('2026-11-26T08:10:00Z'));
      assert.deepEqual([day[1]?.rights.user, day[1]?.rights.group, day[1]?.rights.other], ['rw', 'r', 'r']);
      assert.deepEqual(day[0]?.rights.user, 'rwx', 'so that a copy of it takes the next file');
      assert.equal(await client.realPath('./Metrics//2026/.'), '/Metrics/2026');
    });
  });

  it('answers whatever is asked at once, however much it is, reading and listing mixed', async () => {
    const { config } = await exporter();
    const { client, sftp } = await open(config);
    const path = 'Metrics/2026/11/26/07/conversations-2026-11-26T07.csv';
    const content = files[path];
    const handle = await new Promise<Buffer>((resolve, reject) =>
      sftp.open(`/${path}`, 'r', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const step = 32_768;
    const given = Buffer.alloc(content.length);
    let listing = Promise.resolve();
    const reads = Array.from({ length: Math.ceil(content.length / step) }, async (_, at) => {
      const length = Math.min(step, content.length - at * step);
      await new Promise<void>((resolve, reject) =>
        sftp.read(handle, given, at * step, length, at * step, (error) =>
          error ? reject(error) : resolve(),
        ),
      );
      // Asked in the middle of answers, when what waits has just been served. A few at a time: each takes a handle.
      if (at % 10 === 0) listing = listing.then(async () => void (await listOf(sftp, '/Metrics/2026/11')));
    });
    const lists = Array.from({ length: 5 }, async () => await listOf(sftp, '/Metrics'));
    await Promise.all([...reads, ...lists]);
    await listing;
    assert.ok(given.equals(content));
    client.end();
  });

  it('has an empty tree where nothing is published, and the new file once it is', async () => {
    const empty = await makeAccount(db, { origin: node.url.origin });
    const { config } = await exporter({ of: empty });
    await using(config, async (client) => {
      assert.deepEqual(await client.list('/Metrics'), []);
      await publish(empty.id, 'Metrics/2026/11/26/queues-2026-11-26.csv', Buffer.from('x'));
      await sleep(600);
      assert.deepEqual(
        (await client.list('/Metrics/2026/11/26')).map(({ name }) => name),
        ['queues-2026-11-26.csv'],
      );
    });
  });

  it('attack 62: finds nothing by a way out of the tree, another spelling, or the path of another account', async () => {
    const other = await makeAccount(db, { origin: node.url.origin });
    await publish(other.id, 'Metrics/2025/01/01/secret-2025-01-01.csv', Buffer.from('theirs'));
    const { config } = await exporter();
    const { client, sftp } = await open(config);
    const ways = [
      '..',
      '/..',
      '/Metrics/..',
      '/Metrics/../Metrics',
      '/etc/passwd',
      'Metrics/2026/11/26/../25/queues-2026-11-25.csv',
      '/Metrics/..%2f',
      '/Metrics\\2026',
      '/Metrics/2026\0',
      '/Metrics/2026/11/26/agents-2026-11-26.csv\0.csv',
      '/metrics',
      '/Metrics2',
      '/Metrics/2026/11/26/agents-2026-11-26.csv.',
      '/Metrics/2026/11/26/AGENTS-2026-11-26.csv',
      '/Metrics/２０２６',
      '/Metrics/%',
      '/Metrics/2026/11/2_',
      `/Metrics/${'a'.repeat(4_096)}`,
      '/Metrics/2025/01/01/secret-2025-01-01.csv',
      '/Metrics/2025',
      "/Metrics/' or true --",
    ];
    for (const path of ways) {
      for (const ask of ['stat', 'lstat', 'opendir'] as const)
        assert.equal(await codeOf((done) => sftp[ask](path, done)), status.NO_SUCH_FILE, `${ask} ${path}`);
      assert.equal(await codeOf((done) => sftp.open(path, 'r', done)), status.NO_SUCH_FILE, `open ${path}`);
    }
    assert.deepEqual(
      (
        await Promise.all(['/', '/Metrics', '/Metrics/2026/11'].map(async (path) => await listOf(sftp, path)))
      ).map((items) => items.map(({ filename }) => filename)),
      [['Metrics'], ['2026'], ['25', '26']],
      'and is listed its own alone',
    );
    for (const path of ['..', '/Metrics/../..', '/Metrics\0'])
      assert.equal(await codeOf((done) => sftp.realpath(path, done)), status.NO_SUCH_FILE, path);
    client.end();
  });

  it('attack 62: changes nothing, follows no links, and knows no extensions', async () => {
    const { config } = await exporter();
    const { client, sftp } = await open(config);
    const there = '/Metrics/2026/11/26/agents-2026-11-26.csv';
    const denied = {
      put: (done: Done) => sftp.open('/Metrics/new.csv', 'w', done),
      append: (done: Done) => sftp.open(there, 'a', done),
      both: (done: Done) => sftp.open(there, 'r+', done),
      remove: (done: Done) => sftp.unlink(there, done),
      rename: (done: Done) => sftp.rename(there, '/Metrics/x.csv', done),
      mkdir: (done: Done) => sftp.mkdir('/Metrics/new', done),
      rmdir: (done: Done) => sftp.rmdir('/Metrics/2026', done),
      setstat: (done: Done) => sftp.setstat(there, { mode: 0o777 }, done),
      symlink: (done: Done) => sftp.symlink('/etc/passwd', '/Metrics/link', done),
    };
    for (const [name, ask] of Object.entries(denied))
      assert.equal(await codeOf(ask), status.PERMISSION_DENIED, name);
    assert.equal(await codeOf((done) => sftp.readlink(there, done)), status.OP_UNSUPPORTED);
    for (const ask of [
      (done: Done) => sftp.ext_openssh_hardlink(there, '/Metrics/x', done),
      (done: Done) => sftp.ext_openssh_statvfs('/', done),
    ])
      await assert.rejects(
        new Promise((resolve, reject) => ask((error) => (error ? reject(error) : resolve(null)))),
      );
    const handle = await new Promise<Buffer>((resolve, reject) =>
      sftp.open(there, 'r', (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    assert.equal(
      await codeOf((done) => sftp.write(handle, Buffer.from('x'), 0, 1, 0, done)),
      status.PERMISSION_DENIED,
    );
    assert.equal(await codeOf((done) => sftp.fsetstat(handle, { size: 0 }, done)), status.PERMISSION_DENIED);
    client.end();
    const { rows } = await db.asOwner<{ size: number }>(
      `select size_bytes as size from statistics_file where name = 'agents-2026-11-26.csv'`,
    );
    assert.deepEqual(rows, [{ size: 3 }]);
  });

  it('attack 63: lets nobody in without the right key, and tells nobody why', async () => {
    const good = await exporter();
    const stranger = clientKey();
    const pending = clientKey();
    await testExportKey(
      db,
      { accountId: account.id, exportAccountId: good.id, blob: pending.blob },
      'pending',
    );
    const expired = await exporter({ expiresAt: new Date(Date.now() - 1_000) });
    const elsewhere = await exporter({ networks: ['192.0.2.0/24'] });
    const disabled = await exporter();
    const params = { accountId: account.id, exportAccountId: disabled.id };
    await admin.call(changeExportAccount, { params, body: { disabled: true } });
    const revoked = await exporter();
    await admin.call(revokeExportKey, {
      params: { accountId: account.id, exportAccountId: revoked.id, keyId: revoked.keyId },
    });
    const { privateKey: _, ...keyless } = good.config;
    const refusals = {
      'another’s key': configOf(good.userName, expired.key),
      'an unknown key': configOf(good.userName, stranger),
      'a pending key': configOf(good.userName, pending),
      'an unknown name': configOf('nobody-abcdefghjk', good.key),
      'the name of the account': configOf(account.id, good.key),
      expired: expired.config,
      disabled: disabled.config,
      revoked: revoked.config,
      'from elsewhere': elsewhere.config,
      'a password': { ...keyless, password: 'password' },
      'keyboard-interactive': { ...keyless, tryKeyboard: true },
      nothing: keyless,
    };
    for (const [what, config] of Object.entries(refusals))
      await assert.rejects(connected(config), /All configured authentication methods failed/, what);
    await assert.rejects(
      connected({ ...good.config, algorithms: { serverHostKey: ['ssh-rsa'] } }),
      /no matching/,
    );
    await assert.rejects(
      connected({ ...good.config, algorithms: { cipher: ['aes128-cbc'] } }),
      /no matching/,
    );
    // The large groups cost tens of milliseconds before anybody has signed in.
    for (const kex of [
      'diffie-hellman-group14-sha1',
      'diffie-hellman-group14-sha256',
      'diffie-hellman-group16-sha512',
      'diffie-hellman-group18-sha512',
    ] as const)
      await assert.rejects(connected({ ...good.config, algorithms: { kex: [kex] } }), /no matching/, kex);
    (await connected(good.config)).end();
    const reasons = async (id: string) =>
      (await auditOf(id)).flatMap(({ action, details }) =>
        action.endsWith('refused') ? [details['reason']] : [],
      );
    await settled(async () => {
      assert.deepEqual(await reasons(expired.id), ['expired']);
      assert.deepEqual(await reasons(disabled.id), ['disabled']);
      assert.deepEqual(await reasons(revoked.id), ['key-ended']);
      assert.deepEqual(await reasons(elsewhere.id), ['network']);
      // Those of a second together, and then those of a minute.
      assert.equal((await reasons(good.id)).length, 1);
    });
    assert.ok(!lines.join('').includes('nobody-abcdefghjk'));
  });

  it('attack 63: takes no signature by SHA-1, and ends a connection after three tries', async () => {
    const rsa = ssh2.utils.generateKeyPairSync('rsa', { bits: 3072 });
    const parsed = ssh2.utils.parseKey(rsa.private);
    assert.ok(!(parsed instanceof Error));
    const { id, userName } = await testExportAccount(db, account.id);
    await testExportKey(db, { accountId: account.id, exportAccountId: id, blob: parsed.getPublicSSH() });
    const key: ClientKey = { publicKey: rsa.public, privateKey: rsa.private, blob: parsed.getPublicSSH() };
    (await connected(configOf(userName, key))).end();
    const sha1 = new ssh2.Client();
    const inside = sha1 as unknown as { _protocol: { authPK: (...args: unknown[]) => void } };
    const refusedOld = new Promise<void>((resolve) => sha1.on('error', () => resolve()));
    sha1.connect(configOf(userName, key));
    sha1.on('handshake', () => {
      // As clients did before RFC 8332: no word of SHA-2.
      const authPK = inside._protocol.authPK.bind(inside._protocol);
      inside._protocol.authPK = (user, own, _algorithm, signs) =>
        authPK(
          user,
          own,
          undefined,
          signs === undefined
            ? undefined
            : (bytes: Buffer, done: (by: unknown) => void) => done(parsed.sign(bytes)),
        );
    });
    await refusedOld;

    const many = new ssh2.Client();
    const manyEnded = closeOf(many);
    let tries = 0;
    many.connect({
      ...configOf(userName, key),
      authHandler: (_left, _partial, next) => {
        tries += 1;
        next({
          type: 'publickey',
          username: userName,
          key: ssh2.utils.generateKeyPairSync('ed25519').private,
        });
      },
    });
    await manyEnded;
    assert.ok(tries >= 3 && tries <= 4, String(tries));
  });

  it('attack 64: refuses shells, commands, forwarding, agents, variables and other subsystems', async () => {
    const { config } = await exporter();
    const client = await connected(config);
    const refused = async (ask: (done: Done) => unknown) =>
      await assert.rejects(
        new Promise((resolve, reject) => ask((error) => (error ? reject(error) : resolve(null)))),
      );
    await refused((done) => client.shell(done));
    await refused((done) => client.exec('id', done));
    await refused((done) => client.subsys('netconf', done));
    await refused((done) => client.forwardOut('127.0.0.1', 1, '127.0.0.1', 22, done));
    await refused((done) => client.forwardIn('127.0.0.1', 0, done));
    await refused((done) => client.openssh_forwardOutStreamLocal('/run/x', done));
    await refused((done) => client.openssh_forwardInStreamLocal('/run/x', done));
    await refused((done) => client.exec('id', { env: { LD_PRELOAD: 'x' }, x11: true, pty: true }, done));
    // And the connection still serves what it is for.
    assert.equal((await listOf(await sftpOf(client), '/')).length, 1);
    client.end();
  });

  it('attack 64: lives through hundreds of malformed connections, and serves others meanwhile', async () => {
    const { config } = await exporter();
    const pid = node.app.sftp?.pid;
    const greeting = 'SSH-2.0-OpenSSH_9.6\r\n';
    const hostile = (round: number): Buffer => {
      const random = randomBytes(40 + (round % 400));
      const kinds = [
        random,
        Buffer.concat([Buffer.from(greeting), random]),
        Buffer.concat([Buffer.from(greeting), Buffer.from('ffffffff', 'hex'), random]),
        Buffer.concat([Buffer.from(greeting), Buffer.from('0000000c0a14', 'hex'), random]),
        Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n\r\n`),
        Buffer.from(`SSH-1.5-x\r\n`),
        Buffer.from(`${'SSH-2.0-'.repeat(200)}\r\n`),
        Buffer.alloc(70_000, 10),
      ];
      return kinds[round % kinds.length] ?? random;
    };
    for (let round = 0; round < 320; round += 16) {
      await Promise.all(
        Array.from({ length: 16 }, async (_, at) => {
          const socket = connect(port(), '127.0.0.1');
          socket.end(hostile(round + at));
          await closeOfSocket(socket);
        }),
      );
    }
    assert.equal((await using(config, async (client) => await client.list('/'))).length, 1);
    assert.equal(node.app.sftp?.pid, pid, 'it is the same process');
  });

  it('attack 64: refuses a channel that takes no bytes, and one too many', async () => {
    const { config } = await exporter();
    const client = await connected(config);
    const inside = client as unknown as {
      _protocol: { session(channel: number, window: number, packetSize: number): void };
    };
    const session = inside._protocol.session.bind(inside._protocol);
    inside._protocol.session = (channel, window) => session(channel, window, 0);
    await assert.rejects(sftpOf(client), /open failure|Channel/i);
    inside._protocol.session = session;
    for (let count = 0; count < 4; count += 1) await sftpOf(client);
    await assert.rejects(sftpOf(client));
    client.end();
    assert.equal((await using(config, async (other) => await other.list('/'))).length, 1);
  });

  it('attack 64: opens eight files for one client and no more, and bounds what waits for it', async () => {
    const { config, id } = await exporter();
    const { client, sftp } = await open(config);
    const path = '/Metrics/2026/11/26/07/conversations-2026-11-26T07.csv';
    for (let count = 0; count < 8; count += 1)
      assert.equal(await codeOf((done) => sftp.open(path, 'r', done)), null);
    assert.equal(await codeOf((done) => sftp.open(path, 'r', done)), status.FAILURE);
    const ended = closeOf(client);
    // Far more than anybody asks before reading an answer.
    for (let count = 0; count < 5_000; count += 1) sftp.stat(path, () => undefined);
    await ended;
    await settled(async () => {
      const last = (await auditOf(id)).at(-1);
      assert.equal(last?.details['reason'], 'too-many-requests');
    });
    const incomplete = (await auditOf(id)).flatMap(({ details }) => (details['files'] ?? []) as string[]);
    assert.ok(incomplete.includes(`${path.slice(1)} 0 incomplete`));
  });

  it('attack 64: ends whoever does not sign in, says nothing, or goes quiet', async () => {
    const { config, id } = await exporter();
    const began = Date.now();
    const silent = connect(port(), '127.0.0.1');
    const slow = connect(port(), '127.0.0.1');
    slow.write('SSH-2.0-slow\r\n');
    const gone = [silent, slow].map(closeOfSocket);
    const idle = closeOf(await connected(config));
    await Promise.all(gone);
    assert.ok(Date.now() - began < 15_000);
    await idle;
    await settled(async () => assert.equal((await auditOf(id)).at(-1)?.details['reason'], 'idle'));
  });

  it('attack 64: takes twenty connections from one address, and then no more', async () => {
    const sockets: Socket[] = [];
    for (let count = 0; count < 24; count += 1) {
      const socket = connect(port(), '127.0.0.1');
      socket.on('error', () => undefined);
      sockets.push(socket);
      await once(socket, 'connect');
    }
    await settled(() => assert.ok(sockets.filter(({ closed }) => closed).length >= 4));
    assert.equal(sockets.filter(({ closed }) => !closed).length, 20);
    for (const socket of sockets) socket.destroy();
  });

  it('ends open sessions within a second of a revocation, a change of networks, and a deletion', async () => {
    const [revoked, moved] = [await exporter(), await exporter()];
    const clients = await Promise.all([open(revoked.config), open(moved.config)]);
    const closing = clients.map(async ({ client }) => {
      await closeOf(client);
      return Date.now();
    });
    const params = { accountId: account.id, exportAccountId: revoked.id, keyId: revoked.keyId };
    await admin.call(revokeExportKey, { params });
    await admin.call(changeExportAccount, {
      params: { accountId: account.id, exportAccountId: moved.id },
      body: { networks: ['192.0.2.7'] },
    });
    const at = Date.now();
    for (const closed of await Promise.all(closing)) assert.ok(closed - at < 1_000, `${closed - at} ms`);
    await assert.rejects(connected(revoked.config));
  });

  it('runs in a process that reads no files but its program, writes none, and starts nothing', async () => {
    const pid = node.app.sftp?.pid ?? assert.fail();
    const [arguments_, environment] = await Promise.all(
      ['cmdline', 'environ'].map(async (name) =>
        (await readFile(`/proc/${pid}/${name}`, 'utf8')).split('\0'),
      ),
    );
    assert.ok(arguments_?.includes('--permission') === true);
    const allowed = arguments_.filter((each) => each.startsWith('--allow-'));
    assert.ok(allowed.every((each) => each.startsWith('--allow-fs-read=/')) && allowed.length > 0);
    assert.ok(!allowed.some((each) => db.keyringDirectory.startsWith(each.slice('--allow-fs-read='.length))));
    assert.deepEqual(
      environment?.filter((each) => each.startsWith('SAMTAL_')),
      [],
    );
  });

  it('shows one host key, with its fingerprints, however often it is started', async () => {
    const { config } = await exporter();
    const {
      host,
      hostKey,
      port: told,
    } = await admin.call(getExportServer, { params: { accountId: account.id } });
    assert.deepEqual([host, told], ['127.0.0.1', port()]);
    let seen = '';
    const verifying = { ...config, hostVerifier: (key: Buffer) => (seen = key.toString('base64')) !== '' };
    (await connected(verifying)).end();
    assert.equal(hostKey?.publicKey, `ssh-ed25519 ${seen}`);
    const second = await startTestNode(db, { sftp: {} });
    try {
      await settled(() => assert.ok((second.app.sftp?.port ?? 0) > 0));
      const first = seen;
      (await connected({ ...verifying, port: second.app.sftp?.port ?? 0 })).end();
      assert.equal(seen, first);
    } finally {
      await second.stop();
    }
  });

  it('kills its process when it is silent for five seconds, and starts another one', async () => {
    const { config } = await exporter();
    const pid = node.app.sftp?.pid ?? assert.fail();
    process.kill(pid, 'SIGSTOP');
    await settled(() => assert.notEqual(node.app.sftp?.pid ?? pid, pid));
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
    await settled(() => assert.ok(port() > 0));
    assert.equal(
      (await using({ ...config, port: port() }, async (client) => await client.list('/'))).length,
      1,
    );
    assert.match(lines.join(''), /sftp-silent/);
  });

  it('says that its port is taken and goes on, and leaves no process behind', async () => {
    const { app, stop } = await startTestNode(db, { log, sftp: {}, sftpPort: port() });
    await settled(() =>
      assert.match(lines.join(''), /"event":"sftp-port-unavailable","port":\d+,"code":"EADDRINUSE"/),
    );
    await settled(() => assert.equal(app.sftp?.pid, null));
    await stop();
    const pid = node.app.sftp?.pid ?? assert.fail();
    await node.stop();
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });
});

type Done = (error?: Error | null) => void;
const { STATUS_CODE: status } = ssh2.utils.sftp;

async function connected(config: ConnectConfig): Promise<Client> {
  const client = new ssh2.Client();
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('connect', () => client.setNoDelay(true));
    client.once('error', reject);
    client.connect(config);
  });
  return client;
}

/** When a connection has closed, whatever it says about that. Listens from now on. */
function closeOf(client: Client): Promise<void> {
  client.on('error', () => undefined);
  return new Promise((resolve) => void client.once('close', () => resolve()));
}

async function sftpOf(client: Client): Promise<SFTPWrapper> {
  return await new Promise((resolve, reject) =>
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error))),
  );
}

async function listOf(sftp: SFTPWrapper, path: string) {
  return await new Promise<{ filename: string }[]>((resolve, reject) =>
    sftp.readdir(path, (error, list) => (error === undefined ? resolve(list) : reject(error))),
  );
}

/** The code of SFTP that a request was refused with; null when it was not. */
async function codeOf(ask: (done: Done) => unknown): Promise<number | null> {
  return await new Promise((resolve) =>
    ask((error) => resolve(error instanceof Error ? (error as Error & { code: number }).code : null)),
  );
}

/** Waits until what is asserted holds. */
async function settled(assertion: () => Promise<void> | void, withinMs = 30_000): Promise<void> {
  for (const until = Date.now() + withinMs; ; await sleep(20)) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}

function closeOfSocket(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.resume();
  return new Promise((resolve) => void socket.once('close', () => resolve()));
}
