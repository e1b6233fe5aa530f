import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Client, type ConnectConfig, type SFTPWrapper } from 'ssh2';
import { makeAccount, type TestAccount } from '../../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import { clientKey, testExportAccount, testExportKey } from '../../../../test/export-accounts.ts';
import { Database } from '../../../platform/database/index.ts';
import { readHostKey } from '../host-key.ts';
import { sftpLimits, type SftpLimits } from './limits.ts';
import { SftpServer } from './server.ts';

/** A server in this very process, whose database can be held up. */
describe('the SFTP server within its limits', { timeout: 120_000 }, () => {
  let db: TestDatabase;
  let own: Database;
  let account: TestAccount;
  let hostKey: string;
  /** What every transaction, or every question, waits for before it is done. */
  let holdUp: { writing: Promise<unknown>; reading: Promise<unknown> };
  let isWriting = false;
  const asked = { reading: 0, writing: 0 };
  const cleanUp: (() => Promise<void> | void)[] = [];

  before(async () => {
    db = await createTestDatabase();
    own = new Database({
      connectionString: db.url,
      role: 'samtal_sftp',
      statementTimeoutMs: 300,
      onError: () => undefined,
    });
    account = await makeAccount(db, { origin: 'https://example.org' });
    hostKey = (await readHostKey(db.database, db.keyring)).openSsh;
  });
  afterEach(async () => {
    for (const work of cleanUp.splice(0).toReversed()) await work();
  });
  after(async () => {
    await own.close();
    await db.close();
  });

  async function start(limits: Partial<SftpLimits>): Promise<number> {
    holdUp = { writing: Promise.resolve(), reading: Promise.resolve() };
    const database = {
      read: async (...question: Parameters<Database['read']>) => {
        asked.reading += 1;
        await holdUp.reading;
        return await own.read(...question);
      },
      transaction: async (...work: Parameters<Database['transaction']>) => {
        isWriting = true;
        asked.writing += 1;
        await holdUp.writing;
        return await own.transaction(...work);
      },
    };
    const server = new SftpServer({
      database: database as unknown as Database,
      hostKey,
      limits: { ...sftpLimits, refusalMs: 10, ...limits },
      failed: () => undefined,
    });
    const port = await server.listen('127.0.0.1', 0);
    cleanUp.push(async () => await server.stop());
    return port;
  }

  async function exporter(port: number): Promise<{ id: string; config: ConnectConfig }> {
    const { id, userName: username } = await testExportAccount(db, account.id);
    const { blob, privateKey } = clientKey();
    await testExportKey(db, { accountId: account.id, exportAccountId: id, blob });
    return { id, config: { host: '127.0.0.1', port, username, privateKey } };
  }

  async function actionsOf(id: string): Promise<string[]> {
    const { rows } = await db.asOwner<{ body: string }>(
      `select body from audit_outbox where body::jsonb -> 'subject' ->> 'id' = $1 order by id`,
      [id],
    );
    return rows.map(({ body }) => (JSON.parse(body) as { action: string }).action);
  }

  /** Connects; whoever is refused throws. */
  async function connected(config: ConnectConfig): Promise<Client> {
    const client = new ssh2.Client();
    cleanUp.push(() => void client.end());
    await new Promise<void>((resolve, reject) => {
      client
        .once('ready', resolve)
        .on('error', reject)
        .once('close', () => reject(new Error('closed')));
      client.connect(config);
    });
    return client;
  }

  function stranger(port: number) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    cleanUp.push(() => void socket.destroy());
    return socket;
  }

  it('attack 64: lets customers in past any number of connections that nobody signs in on', async () => {
    const port = await start({ notSignedIn: 3, connections: 5 });
    const { config } = await exporter(port);
    const first = await connected(config);
    const strangers = [stranger(port), stranger(port), stranger(port), stranger(port), stranger(port)];
    await Promise.all(strangers.map(async (socket) => void (await once(socket, 'connect'))));
    await settled(() =>
      assert.deepEqual(
        strangers.map(({ closed }) => closed),
        [true, true, false, false, false],
      ),
    );
    const second = await connected(config);
    await settled(() => assert.equal(strangers.filter(({ closed }) => closed).length, 3));
    for (const client of [first, second]) assert.ok(isOpen(client), 'whoever has signed in stays');
  });

  it('attack 64: counts channels when they are opened, also such as say nothing, and bounds them in all', async () => {
    const port = await start({ channels: 2, channelsInAll: 6 });
    const client = await connected((await exporter(port)).config);
    const inside = client as unknown as { _protocol: { subsystem: (...args: unknown[]) => void } };
    const ask = inside._protocol.subsystem.bind(inside._protocol);
    inside._protocol.subsystem = () => undefined;
    client.sftp(() => undefined);
    client.sftp(() => undefined);
    inside._protocol.subsystem = ask;
    await assert.rejects(sftpOf(client), /open failure/);
    const closed = once(client, 'close');
    for (let count = 0; count < 4; count += 1) await sftpOf(client).catch(() => undefined);
    await closed;
  });

  it('gives a place back once when a connection ends while it signs in, and writes its end after its beginning', async () => {
    const port = await start({ sessionsPerAccount: 2 });
    const { id, config } = await exporter(port);
    await connected(config);
    for (const outcome of ['fails', 'succeeds'] as const) {
      let go: (how: Promise<void>) => void = () => undefined;
      holdUp.writing = new Promise<void>((resolve) => (go = resolve));
      const before = (await actionsOf(id)).length;
      const leaving = new ssh2.Client();
      leaving.on('error', () => undefined);
      isWriting = false;
      leaving.connect(config);
      await settled(() => assert.ok(isWriting));
      leaving.destroy();
      await sleep(50);
      const how = outcome === 'fails' ? Promise.reject(new Error('It cannot be written')) : Promise.resolve();
      how.catch(() => undefined);
      go(how);
      holdUp.writing = Promise.resolve();
      if (outcome === 'fails') await sleep(50);
      else
        await settled(async () =>
          assert.deepEqual((await actionsOf(id)).slice(before), [
            'statistics-export.session-began',
            'statistics-export.session-ended',
          ]),
        );
    }
    // One is there still: another one gets in, and a third does not.
    await connected(config);
    await assert.rejects(connected(config));
  });

  it('ends sessions when nobody answers whether they may go on', async () => {
    const port = await start({ blindMs: 200, recheckMs: 20 });
    const client = await connected((await exporter(port)).config);
    let answer: () => void = () => undefined;
    cleanUp.push(() => answer());
    const closed = once(client, 'close');
    holdUp.reading = new Promise<void>((resolve) => (answer = resolve));
    await closed;
  });

  it('ends sessions when what they do cannot be written on the audit trail', async () => {
    const port = await start({ unwrittenMs: 100 });
    const { id, config } = await exporter(port);
    const client = await connected(config);
    let go: () => void = () => undefined;
    holdUp.writing = new Promise<void>((resolve) => (go = resolve));
    cleanUp.push(() => go());
    const closed = once(client, 'close');
    // A refusal is what is not written.
    await assert.rejects(connected({ ...config, privateKey: clientKey().privateKey }));
    await closed;
    go();
    await settled(async () => assert.ok((await actionsOf(id)).includes('statistics-export.session-ended')));
  });

  it('attack 64: takes so many new connections from one address in a minute, and meanwhile those from others', async () => {
    const port = await start({ connectionsPerMinute: 3 });
    const { config } = await exporter(port);
    for (let count = 0; count < 3; count += 1) (await connected(config)).end();
    await assert.rejects(connected(config), /ECONNRESET|closed|handshake/i);
    await connected({ ...config, localAddress: '127.0.0.2' });
    await assert.rejects(connected(config));
  });

  it('attack 63: does the same for an unknown name as for a known one with another key, and answers the same', async () => {
    const port = await start({ refusalMs: 200 });
    const { config } = await exporter(port);
    const stranger = clientKey().privateKey;
    const tryAs = async (username: string) => {
      const before = { ...asked };
      const left: unknown[] = [];
      const client = new ssh2.Client();
      cleanUp.push(() => void client.destroy());
      client.on('error', () => undefined);
      const began = performance.now();
      let isTried = false;
      await new Promise<void>((resolve) =>
        client.connect({
          ...config,
          authHandler: (methods, partial, next) => {
            left.push([methods, partial]);
            if (methods !== null && isTried) return resolve();
            isTried = methods !== null;
            next(
              methods === null ? { type: 'none', username } : { type: 'publickey', username, key: stranger },
            );
          },
        }),
      );
      const ms = performance.now() - began;
      return {
        left,
        reading: asked.reading - before.reading,
        writing: asked.writing - before.writing,
        isSlow: ms >= 400,
      };
    };
    const [known, unknown] = [await tryAs(config.username ?? ''), await tryAs('nobody-abcdefghjk')];
    assert.deepEqual(unknown, known);
    assert.deepEqual(known, {
      left: [
        [null, null],
        [['publickey'], false],
        [['publickey'], false],
      ],
      reading: 1,
      writing: 0,
      isSlow: true,
    });
  });

  it('breaks off what the database does not answer, and the session goes on', async () => {
    const port = await start({});
    const client = await connected((await exporter(port)).config);
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) =>
      client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error))),
    );
    const list = async () =>
      await new Promise((resolve, reject) =>
        sftp.readdir('/Metrics', (error, found) => (error === undefined ? resolve(found) : reject(error))),
      );
    await db.asOwner('begin; lock table statistics_file in access exclusive mode');
    try {
      await assert.rejects(list(), /Failure/);
    } finally {
      await db.asOwner('rollback');
    }
    assert.deepEqual(await list(), []);
  });

  it('leaves no process behind when its node is killed, and lets go of its port', async () => {
    const program = new URL('../../../../test/sftp-node.ts', import.meta.url);
    const node = fork(program, [db.url, db.keyringDirectory], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    cleanUp.push(() => void node.kill('SIGKILL'));
    const [{ pid, port }] = (await once(node, 'message')) as [{ pid: number; port: number }];
    const { config } = await exporter(port);
    const client = await connected(config);
    const closed = once(client, 'close');
    assert.ok(process.kill(pid, 0));
    node.kill('SIGKILL');
    await closed;
    await settled(() => assert.throws(() => process.kill(pid, 0), /ESRCH/));
    await assert.rejects(connected(config), /ECONNREFUSED/);
  });

  it('attack 64: exchanges no new keys with somebody who has not signed in', async () => {
    const port = await start({});
    const { config } = await exporter(port);
    const client = new ssh2.Client();
    cleanUp.push(() => void client.destroy());
    const closed = once(client, 'close');
    client.on('error', () => undefined);
    const inside = client as unknown as { _protocol: { rekey: () => void } };
    // It never says who it is.
    client.connect({ ...config, readyTimeout: 0, authHandler: () => inside._protocol.rekey() });
    const began = performance.now();
    await closed;
    assert.ok(performance.now() - began < sftpLimits.loginMs / 2);
  });
});

function isOpen(client: Client): boolean {
  return !(client as unknown as { _sock: { closed: boolean } })._sock.closed;
}

async function sftpOf(client: Client): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    client.sftp((error) => (error === undefined ? resolve() : reject(error))),
  );
}

async function settled(assertion: () => Promise<void> | void): Promise<void> {
  for (const until = Date.now() + 15_000; ; await sleep(20)) {
    try {
      await assertion();
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
    }
  }
}
