import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testCertificate } from '../../../test/certificate.ts';
import { Outbound, OutboundError } from './index.ts';

const timeoutMs = 2_000;

describe('the way out', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  before(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    });
    server.listen(0, '::');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  const codeOf = async (attempt: Promise<unknown>) =>
    await attempt.then(
      () => 'connected',
      (error: unknown) => (error instanceof OutboundError ? error.code : String(error)),
    );

  it('attack 57: refuses every way of writing an address inside, and connects to none of them', async () => {
    const outbound = new Outbound({ networks: [] });
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '0',
      '0.0.0.0',
      'localhost',
      '::1',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[2002:7f00:1::]',
      '[fe80::1%lo]',
      '[fc00::1]',
      '[ff02::1]',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '100.64.0.1',
      '169.254.169.254',
      '192.0.2.1',
      '198.18.0.1',
      '224.0.0.1',
      '255.255.255.255',
    ];
    for (const host of hosts) {
      const code = await codeOf(outbound.connect({ host, port, timeoutMs }));
      assert.ok(code === 'address-refused' || code === 'name-unknown', `${host}: ${code}`);
    }
    assert.equal(connections, 0);
    assert.equal(outbound.refusesLiteral('[::1]'), true);
    assert.equal(outbound.refusesLiteral('localhost'), false);
    assert.equal(outbound.refusesLiteral('93.184.216.34'), false);
  });

  it('attack 57: asks for a name once, and refuses it when any answer leads inside', async () => {
    let asked = 0;
    const answers = [['93.184.216.34', '127.0.0.1'], ['127.0.0.1']];
    const outbound = new Outbound({ networks: [], lookup: async () => answers[asked++] ?? [] });
    const target = { host: 'rebinding.example', port, timeoutMs };
    assert.equal(await codeOf(outbound.connect(target)), 'address-refused');
    assert.equal(asked, 1);
    assert.equal(await codeOf(outbound.connect(target)), 'address-refused');
    assert.equal(await codeOf(outbound.connect(target)), 'name-unknown');
    assert.equal(connections, 0);
  });

  it('reaches networks that the operator named, on any port, and public ones on the ports that are meant', async () => {
    const outbound = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['93.184.216.34'] });
    const socket = await outbound.connect({ host: '127.0.0.1', port, publicPorts: [443], timeoutMs });
    socket.destroy();
    assert.equal(await codeOf(outbound.connect({ host: '::1', port, timeoutMs })), 'address-refused');
    assert.equal(
      await codeOf(outbound.connect({ host: 'a.example', port: 6379, publicPorts: [443], timeoutMs })),
      'address-refused',
    );
  });

  it('gives up on who does not answer, and trusts none but whom it was told to', async (t) => {
    const { cert, key } = testCertificate();
    const tls = createTlsServer({ cert, key }, (socket) => socket.on('error', () => undefined));
    tls.on('tlsClientError', () => undefined);
    tls.listen(0, '127.0.0.1');
    await once(tls, 'listening');
    t.after(() => tls.close());
    const outbound = new Outbound({ networks: ['127.0.0.0/8'], lookup: async () => ['127.0.0.1'] });
    const target = { host: 'localhost', port: (tls.address() as AddressInfo).port, timeoutMs };
    (await outbound.connectTls(target, { ca: cert })).destroy();
    assert.equal(await codeOf(outbound.connectTls(target)), 'tls-failed');
    assert.equal(await codeOf(outbound.connectTls(target, { ca: testCertificate().cert })), 'tls-failed');
    assert.equal(
      await codeOf(outbound.connectTls({ ...target, host: 'other.example' }, { ca: cert })),
      'tls-failed',
    );
    // Accepts the connection, and never says a word.
    const silent = { host: '127.0.0.1', port, timeoutMs: 200 };
    assert.equal(await codeOf(outbound.connectTls(silent, { ca: cert })), 'timeout');
    assert.equal(await codeOf(outbound.connect({ host: '127.0.0.1', port: 1, timeoutMs })), 'unreachable');
  });

  it('gives up in the time that it has for the name, the connection and TLS together', async () => {
    const target = { host: 'slow.example', port, timeoutMs: 600 };
    const attempt = async (lookup: () => Promise<string[]>) => {
      const outbound = new Outbound({ networks: ['127.0.0.0/8'], lookup });
      const began = performance.now();
      const code = await codeOf(outbound.connectTls(target));
      return { code, tookMs: performance.now() - began };
    };
    const never = await attempt(async () => await new Promise(() => undefined));
    assert.equal(never.code, 'timeout');
    assert.ok(never.tookMs < 1_000, `${never.tookMs} ms for a name that is never found`);
    // Found late, at one who accepts the connection and never says a word.
    const late = await attempt(async () => await sleep(500, ['127.0.0.1']));
    assert.equal(late.code, 'timeout');
    assert.ok(late.tookMs < 1_000, `${late.tookMs} ms where the name took 500`);
  });
});
