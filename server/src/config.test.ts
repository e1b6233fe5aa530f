import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { ConfigError, readConfig } from './config.ts';

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults;
  }
  return [];
}

/** The one fault that these variables have. */
function faultOf(env: Record<string, string>): string {
  const faults = faultsOf(env);
  assert.equal(faults.length, 1, `expected one fault, got:\n${faults.join('\n')}`);
  return String(faults[0]);
}

test('an empty environment gives a server for this machine alone', () => {
  const config = readConfig({ PATH: '/bin', SAMTAL_HOST: '', SAMTAL_TEST_POSTGRES: 'x' });
  assert.deepEqual(config, {
    host: '127.0.0.1',
    port: 8080,
    sftpPort: 2022,
    tls: null,
    trustedProxies: [],
    outboundNetworks: [],
    metricsNetworks: [],
    dataDir: resolve('data'),
    databaseUrl: null,
    keyringUrl: null,
    mediaUrl: null,
    clamdUrl: null,
    natsUrl: null,
    publicUrl: new URL('http://127.0.0.1:8080'),
    demo: true,
    demoHistory: true,
  });
  assert.ok(Object.isFrozen(config));
});

test('every variable is read', () => {
  const config = readConfig({
    SAMTAL_HOST: '::',
    SAMTAL_PORT: '0',
    SAMTAL_SFTP_PORT: '0',
    SAMTAL_DATA_DIR: '/srv/samtal/',
    SAMTAL_DATABASE_URL: 'postgresql://u:p@h/d',
    SAMTAL_KEYRING_URL: 'postgres://u:p@h/k',
    SAMTAL_MEDIA_URL: 'file:///srv/media',
    SAMTAL_CLAMD_URL: 'tcp://clamd:3310',
    SAMTAL_NATS_URL: 'tls://n:4222',
    SAMTAL_PUBLIC_URL: 'https://chat.example.org',
    SAMTAL_TRUSTED_PROXIES: '10.1.2.3/8, 192.0.2.7,2001:db8::1/32',
    SAMTAL_OUTBOUND_NETWORKS: '10.20.0.9/16',
    SAMTAL_METRICS_NETWORKS: '10.30.0.9',
    SAMTAL_TLS_CERT: 'a.crt',
    SAMTAL_TLS_KEY: '/b.key',
    SAMTAL_DEMO: 'off',
  });
  assert.deepEqual(config, {
    host: '::',
    port: 0,
    sftpPort: 0,
    tls: { cert: resolve('a.crt'), key: '/b.key' },
    trustedProxies: ['10.0.0.0/8', '192.0.2.7/32', '2001:db8::/32'],
    outboundNetworks: ['10.20.0.0/16'],
    metricsNetworks: ['10.30.0.9/32'],
    dataDir: '/srv/samtal',
    databaseUrl: 'postgresql://u:p@h/d',
    keyringUrl: 'postgres://u:p@h/k',
    mediaUrl: 'file:///srv/media',
    clamdUrl: 'tcp://clamd:3310',
    natsUrl: 'tls://n:4222',
    publicUrl: new URL('https://chat.example.org'),
    demo: false,
    demoHistory: false,
  });
});

test('the public address follows host, port and TLS', () => {
  const tls = { SAMTAL_TLS_CERT: '/c', SAMTAL_TLS_KEY: '/k' };
  assert.equal(readConfig({ SAMTAL_HOST: '::1', SAMTAL_PORT: '81' }).publicUrl.href, 'http://[::1]:81/');
  assert.equal(
    readConfig({ ...tls, SAMTAL_HOST: 'chat.example.org', SAMTAL_PORT: '443' }).publicUrl.href,
    'https://chat.example.org/',
  );
});

test('refuses plain HTTP on any address but loopback', () => {
  for (const host of ['192.0.2.1', '2001:db8::1', 'chat.example.org', '::ffff:192.0.2.1']) {
    assert.match(
      faultOf({ SAMTAL_HOST: host }),
      /^SAMTAL_HOST is not loopback, and plain HTTP must not leave this machine/,
    );
  }
  for (const host of ['0.0.0.0', '::']) {
    assert.match(
      faultOf({ SAMTAL_HOST: host, SAMTAL_PUBLIC_URL: 'https://chat.example.org' }),
      /^SAMTAL_HOST is not loopback/,
    );
  }
});

test('allows plain HTTP on loopback, behind a trusted proxy, and TLS anywhere', () => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1'])
    assert.deepEqual(faultsOf({ SAMTAL_HOST: host }), []);
  const everywhere = { SAMTAL_HOST: '0.0.0.0', SAMTAL_PUBLIC_URL: 'https://chat.example.org' };
  assert.deepEqual(faultsOf({ ...everywhere, SAMTAL_TRUSTED_PROXIES: '10.0.0.1' }), []);
  assert.deepEqual(faultsOf({ ...everywhere, SAMTAL_TLS_CERT: '/c', SAMTAL_TLS_KEY: '/k' }), []);
});

test('refuses a certificate without a key and a key without a certificate', () => {
  assert.match(faultOf({ SAMTAL_TLS_CERT: '/c' }), /^SAMTAL_TLS_KEY is missing/);
  assert.match(faultOf({ SAMTAL_TLS_KEY: '/k' }), /^SAMTAL_TLS_CERT is missing/);
});

test('refuses to trust anything but addresses and networks', () => {
  for (const proxies of [
    'true',
    '1',
    '2',
    'loopback',
    'proxy.internal',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0/8',
    '0x7f.1',
    '10.0.0.1/8/8',
    'fe80::1%eth0',
    '::1/129',
  ]) {
    assert.match(
      faultOf({ SAMTAL_TRUSTED_PROXIES: proxies }),
      /^SAMTAL_TRUSTED_PROXIES must list addresses and networks/,
      proxies,
    );
  }
});

test('attack 46: refuses to trust every address', () => {
  for (const proxies of ['0.0.0.0/0', '::/0', '10.0.0.0/0'])
    assert.match(faultOf({ SAMTAL_TRUSTED_PROXIES: proxies }), /must not trust every address/);
});

test('refuses a port that is none', () => {
  for (const port of ['65536', '-1', '80a', '0x50', '1e3', '8080.5'])
    assert.match(faultOf({ SAMTAL_PORT: port }), /^SAMTAL_PORT must be a number from 0 to 65535/, port);
  assert.equal(readConfig({ SAMTAL_SFTP_PORT: 'off' }).sftpPort, null);
  assert.match(faultOf({ SAMTAL_SFTP_PORT: 'ssh' }), /^SAMTAL_SFTP_PORT must be a number/);
  assert.match(faultOf({ SAMTAL_SFTP_PORT: '8080' }), /^SAMTAL_SFTP_PORT is the same as SAMTAL_PORT/);
});

test('refuses a host with a port, a scheme or spaces', () => {
  for (const host of ['localhost:8080', 'http://localhost', 'a b', '127.0.0', '[::1]']) {
    assert.ok(
      faultsOf({ SAMTAL_HOST: host }).some((fault) =>
        fault.startsWith('SAMTAL_HOST must be an address or a host name'),
      ),
      host,
    );
  }
});

test('refuses a public address that has a path, a password or another scheme, or is plain HTTP beyond loopback', () => {
  const problems: [string, RegExp][] = [
    ['https://chat.example.org/samtal', /must end after host and port/],
    ['https://chat.example.org/?a=1', /must end after host and port/],
    ['https://u:p@chat.example.org', /must not hold a user name/],
    ['ftp://chat.example.org', /must be a URL that begins with/],
    ['chat.example.org', /must be a URL that begins with/],
    ['http://chat.example.org', /must begin with https/],
  ];
  for (const [url, problem] of problems) assert.match(faultOf({ SAMTAL_PUBLIC_URL: url }), problem);
  for (const url of ['http://localhost:1', 'http://127.0.0.1', 'http://[::1]:8080'])
    assert.deepEqual(faultsOf({ SAMTAL_PUBLIC_URL: url }), []);
});

test('refuses to guess the public address when it listens on every address', () => {
  assert.match(
    faultOf({ SAMTAL_HOST: '0.0.0.0', SAMTAL_TRUSTED_PROXIES: '10.0.0.1' }),
    /^SAMTAL_PUBLIC_URL is needed/,
  );
});

test('refuses a database, keyring or NATS address of another kind, without showing it', () => {
  const secret = 'correct-horse-battery';
  for (const name of ['SAMTAL_DATABASE_URL', 'SAMTAL_KEYRING_URL', 'SAMTAL_NATS_URL']) {
    for (const url of [
      `mysql://samtal:${secret}@db/samtal`,
      `postgres://samtal:${secret}@db:notaport/x`,
      secret,
    ]) {
      const fault = faultOf({ [name]: url });
      assert.ok(fault.startsWith(`${name} must be a URL that begins with`));
      assert.ok(!fault.includes(secret));
    }
  }
});

test('refuses a scanner that is neither at an address with a port nor at a socket', () => {
  for (const url of [
    'clamd:3310',
    'tcp://clamd',
    'tcp://:3310',
    'http://clamd:3310',
    'unix://',
    'unix://host/x',
    '/run/clamd',
  ])
    assert.match(
      faultOf({ SAMTAL_CLAMD_URL: url }),
      /SAMTAL_CLAMD_URL must be tcp:\/\/host:port or unix:\/\/\/path/,
      url,
    );
  assert.deepEqual(faultsOf({ SAMTAL_CLAMD_URL: 'unix:///run/clamav/clamd.ctl' }), []);
});

test('takes a database on a Unix socket', () => {
  for (const url of [
    'postgres://u:p@/d?host=/run/postgresql',
    'postgres:///d?host=/run',
    'postgres://u:p@%2Frun/d',
  ]) {
    assert.equal(readConfig({ SAMTAL_DATABASE_URL: url }).databaseUrl, url);
  }
});

test('makes a demo with an invented past, without one, or none', () => {
  const demoOf = (given: string) => {
    const { demo, demoHistory } = readConfig({ SAMTAL_DEMO: given });
    return [demo, demoHistory];
  };
  assert.deepEqual(['on', 'bare', 'off'].map(demoOf), [
    [true, true],
    [true, false],
    [false, false],
  ]);
});

test('refuses a demo that is neither on, nor bare, nor off', () => {
  assert.match(
    faultOf({ SAMTAL_DEMO: 'false' }),
    /^SAMTAL_DEMO must be on, bare or off, not "false" \(example: SAMTAL_DEMO=off\)$/,
  );
});

test('refuses an unknown variable and says which was meant', () => {
  assert.match(
    faultOf({ SAMTAL_PROT: '80' }),
    /^"SAMTAL_PROT" is not a variable of this version; did you mean SAMTAL_PORT\?$/,
  );
  assert.match(faultOf({ SAMTAL_FAVOURITE_COLOUR: 'secret' }), /known are SAMTAL_HOST, SAMTAL_PORT/);
});

test('reports every fault at once, each with an example', () => {
  const faults = faultsOf({
    SAMTAL_PORT: 'x',
    SAMTAL_HOST: '192.0.2.1',
    SAMTAL_DEMO: 'maybe',
    SAMTAL_TLS_KEY: '/k',
    SAMTAL_NONSENSE: '1',
  });
  assert.equal(faults.length, 5);
  assert.equal(faults.filter((fault) => fault.includes('(example: SAMTAL_')).length, 4);
  assert.match(new ConfigError(faults).message, /^The configuration has 5 faults:\n {2}"SAMTAL_NONSENSE"/);
});
