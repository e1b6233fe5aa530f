import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import ssh2, { type Client, type SFTPWrapper } from 'ssh2';
import { makeAccount, type TestAccount } from '../../../../test/callers.ts';
import { createTestDatabase, type TestDatabase } from '../../../../test/database.ts';
import {
  clientKey,
  publishTestFile,
  testExportAccount,
  testExportKey,
} from '../../../../test/export-accounts.ts';
import { Database } from '../../../platform/database/index.ts';
import { readHostKey } from '../host-key.ts';
import { sftpLimits, type SftpLimits } from './limits.ts';
import { SftpServer } from './server.ts';

const mebibyte = 1_048_576;
const path = '/Metrics/2026/11/26/a.csv';

/** A server in this very process, and clients that leave its answers where they are. */
describe('what an SFTP client does not take', { timeout: 120_000 }, () => {
  const content = randomBytes(3 * mebibyte + 17);
  let db: TestDatabase;
  let own: Database;
  let account: TestAccount;
  let hostKey: string;
  /** What every question to the database waits for before it is asked. */
  let holdUp: Promise<unknown>;
  const failures: unknown[] = [];
  const cleanUp: (() => Promise<void> | void)[] = [];

  before(async () => {
    db = await createTestDatabase();
    own = new Database({ connectionString: db.url, role: 'samtal_sftp', onError: () => undefined });
    account = await makeAccount(db, { origin: 'https://example.org' });
    hostKey = (await readHostKey(db.database, db.keyring)).openSsh;
    await publishTestFile(db, { accountId: account.id, path: path.slice(1), content });
  });
  afterEach(async () => {
    for (const work of cleanUp.splice(0).toReversed()) await work();
    assert.deepEqual(failures.splice(0), []);
  });
  after(async () => {
    await own.close();
    await db.close();
  });

  async function start(limits: Partial<SftpLimits> = {}): Promise<number> {
    holdUp = Promise.resolve();
    const database = {
      read: async (...question: Parameters<Database['read']>) => {
        await holdUp;
        return await own.read(...question);
      },
      transaction: async (...work: Parameters<Database['transaction']>) => await own.transaction(...work),
    };
    const server = new SftpServer({
      database: database as unknown as Database,
      hostKey,
      limits: { ...sftpLimits, refusalMs: 10, ...limits },
      failed: (_event, error) => failures.push(error),
    });
    const port = await server.listen('127.0.0.1', 0);
    cleanUp.push(async () => await server.stop());
    return port;
  }

  /** A client of an export account that has signed in. */
  async function signedIn(port: number): Promise<{ id: string; client: Inside }> {
    const { id, userName: username } = await testExportAccount(db, account.id);
    const { blob, privateKey } = clientKey();
    await testExportKey(db, { accountId: account.id, exportAccountId: id, blob });
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    cleanUp.push(() => void client.destroy());
    client.connect({ host: '127.0.0.1', port, username, privateKey });
    await once(client, 'ready');
    client.setNoDelay(true);
    return { id, client: client as unknown as Inside };
  }

  async function endOf(exportAccountId: string): Promise<Record<string, unknown>> {
    for (const until = Date.now() + 15_000; Date.now() < until; await sleep(20)) {
      const { rows } = await db.asOwner<{ details: Record<string, unknown> }>(
        `select body::jsonb -> 'details' as details from audit_outbox
         where body::jsonb ->> 'action' = 'statistics-export.session-ended' and body::jsonb -> 'subject' ->> 'id' = $1`,
        [exportAccountId],
      );
      if (rows[0] !== undefined) return rows[0].details;
    }
    return assert.fail('Its session did not end');
  }

  it('is not sent once its channel is closed, whoever closes it, and the connection goes on', async () => {
    const { client } = await signedIn(await start());
    const ways: ((sftp: InsideSftp) => void)[] = [
      (sftp) => sftp.end(),
      // No packet of SFTP: the server closes the channel.
      (sftp) => client._protocol.channelData(sftp.outgoing.id, Buffer.from([0, 0, 0, 1, 0])),
    ];
    for (const close of ways) {
      const sftp = await sftpOf(client);
      const handle = await opened(sftp);
      const came = messagesOf(client);
      let answer: () => void = () => undefined;
      holdUp = new Promise<void>((resolve) => (answer = resolve));
      sftp.read(handle, Buffer.alloc(32_768), 0, 32_768, 0, () => undefined);
      await sleep(50);
      const closed = once(sftp, 'close');
      close(sftp);
      await closed;
      answer();
      await sleep(200);
      assert.deepEqual(came, ['CHANNEL_CLOSE']);
    }
    await opened(await sftpOf(client));
    assert.match(String(failures.splice(0)), /^Error: Unknown packet type 0$/);
  });

  it('attack 64: bounds requests that wait, also such as only ask for limits', async () => {
    const { id, client } = await signedIn(await start());
    const sftp = await sftpOf(client);
    holdUp = new Promise(() => undefined);
    sftp.stat(path, () => undefined);
    const ask = requestOf(200, Buffer.from('limits@openssh.com'));
    for (let count = 0; count < 11; count += 1)
      client._protocol.channelData(sftp.outgoing.id, Buffer.concat(Array.from({ length: 100 }, () => ask)));
    assert.equal((await endOf(id))['reason'], 'too-many-requests');
  });

  it('attack 64: is little while an exchange of keys is left open, which has its time', async () => {
    const { id, client } = await signedIn(await start({ exchangeMs: 1_000 }));
    const sftp = await sftpOf(client);
    const handle = await opened(sftp);
    client._protocol.channelWindowAdjust(sftp.outgoing.id, 2 ** 31);
    const before = memory();
    const read = requestOf(5, handle, [0, 0, 131_072]);
    for (let count = 0; count < 5; count += 1)
      client._protocol.channelData(sftp.outgoing.id, Buffer.concat(Array.from({ length: 100 }, () => read)));
    client._protocol.rekey();
    client._sock.pause();
    let most = 0;
    const looks = setInterval(() => (most = Math.max(most, memory() - before)), 20);
    cleanUp.push(() => clearInterval(looks));
    assert.equal((await endOf(id))['reason'], 'rekey-time');
    assert.ok(most < 24 * mebibyte, `${most / mebibyte} MiB`);
  });

  it('attack 64: ends the connection when it is too much, whatever was asked', async () => {
    // On its way to the socket, and behind an exchange of keys that the server begins and the client never sees.
    for (const rekeyBytes of [sftpLimits.rekeyBytes, 1]) {
      const { id, client } = await signedIn(await start({ rekeyBytes }));
      const sftp = await sftpOf(client);
      const read = requestOf(5, await opened(sftp), [0, 0, 131_072]);
      client._protocol.channelWindowAdjust(sftp.outgoing.id, 2 ** 31);
      client._sock.pause();
      // More than the system keeps for a connection.
      client._protocol.channelData(sftp.outgoing.id, Buffer.concat(Array.from({ length: 200 }, () => read)));
      await sleep(1_500);
      for (let count = 0; count < 20_000 && !client._sock.destroyed; count += 1) {
        // A request of SSH itself that wants an answer.
        client._protocol.ping();
        while (client._sock.writableLength > 50_000) await sleep(1);
      }
      assert.equal((await endOf(id))['reason'], 'takes-nothing');
    }
  });

  it('is sent once keys were exchanged, when it was asked for before', async () => {
    const { client } = await signedIn(await start());
    const sftp = await sftpOf(client);
    const handle = await opened(sftp);
    const given = Buffer.alloc(20 * 32_768);
    let answer: () => void = () => undefined;
    holdUp = new Promise<void>((resolve) => (answer = resolve));
    const reads = Array.from(
      { length: 20 },
      async (_, at) =>
        await new Promise<void>((resolve, reject) =>
          sftp.read(handle, given, at * 32_768, 32_768, at * 32_768, (error) =>
            error === undefined ? resolve() : reject(error),
          ),
        ),
    );
    client._protocol.rekey();
    client._sock.pause();
    await sleep(50);
    answer();
    await sleep(100);
    client._sock.resume();
    await Promise.all(reads);
    assert.ok(given.equals(content.subarray(0, given.length)));
  });

  it('is no open file when its channel was closed meanwhile', async () => {
    const { id, client } = await signedIn(await start());
    const sftp = await sftpOf(client);
    let answer: () => void = () => undefined;
    holdUp = new Promise<void>((resolve) => (answer = resolve));
    sftp.open(path, 'r', () => undefined);
    await sleep(50);
    const closed = once(sftp, 'close');
    sftp.end();
    await closed;
    answer();
    await sleep(200);
    client.end();
    await endOf(id);
    const { rows } = await db.asOwner<{ action: string }>(
      `select body::jsonb ->> 'action' as action from audit_outbox where body::jsonb -> 'subject' ->> 'id' = $1 order by id`,
      [id],
    );
    assert.deepEqual(
      rows.map(({ action }) => action),
      ['statistics-export.session-began', 'statistics-export.session-ended'],
    );
  });
});

/** What ssh2 has inside, to speak as no client of it would. */
type InsideSftp = SFTPWrapper & { readonly outgoing: { readonly id: number } };
type Inside = Client & {
  readonly _sock: Socket;
  readonly _protocol: {
    rekey(): void;
    ping(): void;
    channelData(channel: number, payload: Buffer): void;
    channelWindowAdjust(channel: number, bytes: number): void;
    readonly _handlers: Record<'CHANNEL_DATA' | 'CHANNEL_CLOSE', (...args: unknown[]) => void>;
  };
};

function memory(): number {
  return process.memoryUsage().arrayBuffers;
}

/** A request of SFTP as it is sent: its type, a text, and numbers of 32 bits. */
function requestOf(type: number, text: Buffer, numbers: readonly number[] = []): Buffer {
  const request = Buffer.alloc(13 + text.length + 4 * numbers.length);
  request.writeUInt32BE(request.length - 4, 0);
  request.writeUInt8(type, 4);
  request.writeUInt32BE(text.length, 9);
  text.copy(request, 13);
  for (const [at, value] of numbers.entries()) request.writeUInt32BE(value, 13 + text.length + 4 * at);
  return request;
}

/** The names of messages of channels, as they come. */
function messagesOf({ _protocol: { _handlers: handlers } }: Inside): string[] {
  const came: string[] = [];
  for (const name of ['CHANNEL_DATA', 'CHANNEL_CLOSE'] as const) {
    const handle = handlers[name];
    handlers[name] = (...args) => {
      came.push(name);
      handle(...args);
    };
  }
  return came;
}

async function sftpOf(client: Client): Promise<InsideSftp> {
  return await new Promise((resolve, reject) =>
    client.sftp((error, sftp) => (error === undefined ? resolve(sftp as InsideSftp) : reject(error))),
  );
}

async function opened(sftp: SFTPWrapper): Promise<Buffer> {
  return await new Promise((resolve, reject) =>
    sftp.open(path, 'r', (error, handle) => (error ? reject(error) : resolve(handle))),
  );
}
