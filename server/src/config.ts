import { resolve } from 'node:path';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { OperationalError } from './platform/log/index.ts';

/** What the operator decides before the server starts. Everything else is a setting, kept in the database. */
export interface Config {
  /** Address or name to listen on. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Absolute. */
  readonly dataDir: string;
  /** An external PostgreSQL; `null` runs the embedded one. */
  readonly databaseUrl: string | null;
  /** Where the keys are kept, such as a directory that several nodes share; `null` is the data directory. */
  readonly keyringUrl: string | null;
  /** A directory for the files of conversations, such as one that several nodes share; `null` is in the data directory. */
  readonly mediaUrl: string | null;
  /** A clamd that looks at files before they are kept: `tcp://host:port` or `unix:///path`; `null` for none. */
  readonly clamdUrl: string | null;
  /** `null` fans out between servers through PostgreSQL. */
  readonly natsUrl: string | null;
  /** The address people reach the platform at: scheme, host and port. */
  readonly publicUrl: URL;
  /** Networks (CIDR) whose forwarding headers count. */
  readonly trustedProxies: readonly string[];
  /** Networks (CIDR) that webhooks and the like may reach although they are not public, such as one with a log server. */
  readonly outboundNetworks: readonly string[];
  /** Networks (CIDR) from which `/metrics` may be read; none: nobody may. */
  readonly metricsNetworks: readonly string[];
  /** Absolute paths of PEM files. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** 0 lets the system choose; `null` serves no SFTP. */
  readonly sftpPort: number | null;
  /** Whether a first start fills the installation with a demo account. */
  readonly demo: boolean;
  /** Whether that account gets an invented past, for its statistics to have something to show. */
  readonly demoHistory: boolean;
}

/** Every fault of the configuration at once, a line each. */
export class ConfigError extends OperationalError {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      'config-invalid',
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** The variables, each with an example to show beside a fault. */
const examples = {
  SAMTAL_HOST: '127.0.0.1',
  SAMTAL_PORT: '8080',
  SAMTAL_DATA_DIR: '/var/lib/samtal',
  SAMTAL_DATABASE_URL: 'postgres://samtal:password@db.example.org/samtal',
  SAMTAL_KEYRING_URL: 'file:///srv/samtal-keyring',
  SAMTAL_MEDIA_URL: 'file:///srv/samtal-media',
  SAMTAL_CLAMD_URL: 'unix:///run/clamav/clamd.ctl',
  SAMTAL_NATS_URL: 'nats://nats.example.org:4222',
  SAMTAL_PUBLIC_URL: 'https://chat.example.org',
  SAMTAL_TRUSTED_PROXIES: '10.0.0.0/8,192.0.2.7',
  SAMTAL_OUTBOUND_NETWORKS: '10.20.0.0/16',
  SAMTAL_METRICS_NETWORKS: '10.30.0.0/16',
  SAMTAL_TLS_CERT: '/etc/samtal/tls.crt',
  SAMTAL_TLS_KEY: '/etc/samtal/tls.key',
  SAMTAL_SFTP_PORT: '2022',
  SAMTAL_DEMO: 'off',
} as const;

type Variable = keyof typeof examples;
export type Environment = Readonly<Record<string, string | undefined>>;

/** What this process was started with. */
export const processEnvironment: Environment = process.env;

/** Reads and judges the environment. Throws one {@link ConfigError} that lists every fault, and never a secret. */
export function readConfig(env: Environment): Config {
  const reader = new Reader(env);
  reader.refuseUnknown();
  const host = reader.host();
  const port = reader.port('SAMTAL_PORT', 8080);
  const sftpPort = reader.sftpPort();
  if (port === sftpPort && port !== 0) reader.fault('SAMTAL_SFTP_PORT', 'is the same as SAMTAL_PORT');
  const tls = reader.tls();
  const trustedProxies = reader.networks('SAMTAL_TRUSTED_PROXIES', 'trust');
  const outboundNetworks = reader.networks('SAMTAL_OUTBOUND_NETWORKS', 'open');
  const metricsNetworks = reader.networks('SAMTAL_METRICS_NETWORKS', 'open');
  if (!isLoopback(host) && tls === null && trustedProxies.length === 0) {
    reader.fault(
      'SAMTAL_HOST',
      `is not loopback, and plain HTTP must not leave this machine; set SAMTAL_TLS_CERT and SAMTAL_TLS_KEY, or SAMTAL_TRUSTED_PROXIES if a proxy terminates TLS`,
    );
  }
  const config: Config = {
    host,
    port,
    sftpPort,
    tls,
    trustedProxies,
    outboundNetworks,
    metricsNetworks,
    dataDir: resolve(reader.text('SAMTAL_DATA_DIR') ?? 'data'),
    databaseUrl: reader.secretUrl('SAMTAL_DATABASE_URL', ['postgres:', 'postgresql:']),
    keyringUrl: reader.secretUrl('SAMTAL_KEYRING_URL', ['file:', 'postgres:', 'postgresql:']),
    mediaUrl: reader.secretUrl('SAMTAL_MEDIA_URL', ['file:']),
    clamdUrl: reader.clamdUrl(),
    natsUrl: reader.secretUrl('SAMTAL_NATS_URL', ['nats:', 'tls:']),
    publicUrl: reader.publicUrl({ host, port, secure: tls !== null }),
    ...reader.demo(),
  };
  reader.refuseFaults();
  return Object.freeze(config);
}

class Reader {
  readonly #env: Environment;
  readonly #faults: string[] = [];

  constructor(env: Environment) {
    this.#env = env;
  }

  fault(name: Variable, problem: string): void {
    this.#faults.push(`${name} ${problem} (example: ${name}=${examples[name]})`);
  }

  refuseFaults(): void {
    if (this.#faults.length > 0) throw new ConfigError(this.#faults);
  }

  /** Empty counts as absent, since compose files pass on empty variables. */
  text(name: Variable): string | null {
    const value = this.#env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  refuseUnknown(): void {
    for (const name of Object.keys(this.#env)) {
      // Those are read by the tests.
      if (!name.startsWith('SAMTAL_') || name.startsWith('SAMTAL_TEST_') || Object.hasOwn(examples, name))
        continue;
      const meant = nearest(name);
      const hint =
        meant === null ? `known are ${Object.keys(examples).join(', ')}` : `did you mean ${meant}?`;
      this.#faults.push(`${quoted(name)} is not a variable of this version; ${hint}`);
    }
  }

  host(): string {
    const host = this.text('SAMTAL_HOST') ?? '127.0.0.1';
    const isName = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(host) && !/^[\d.]+$/.test(host);
    if (isIP(host) === 0 && !isName)
      this.fault('SAMTAL_HOST', `must be an address or a host name without port, not ${quoted(host)}`);
    return host;
  }

  sftpPort(): number | null {
    return this.text('SAMTAL_SFTP_PORT') === 'off' ? null : this.port('SAMTAL_SFTP_PORT', 2022);
  }

  port(name: 'SAMTAL_PORT' | 'SAMTAL_SFTP_PORT', fallback: number): number {
    const given = this.text(name);
    if (given === null) return fallback;
    const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
    if (port >= 0 && port <= 65_535) return port;
    const others = name === 'SAMTAL_SFTP_PORT' ? ', or off' : '';
    this.fault(name, `must be a number from 0 to 65535${others}, not ${quoted(given)}`);
    return fallback;
  }

  tls(): Config['tls'] {
    const cert = this.text('SAMTAL_TLS_CERT');
    const key = this.text('SAMTAL_TLS_KEY');
    if (cert !== null && key !== null) return { cert: resolve(cert), key: resolve(key) };
    if (cert !== null) this.fault('SAMTAL_TLS_KEY', 'is missing; SAMTAL_TLS_CERT needs its key');
    if (key !== null) this.fault('SAMTAL_TLS_CERT', 'is missing; SAMTAL_TLS_KEY needs its certificate');
    return null;
  }

  networks(
    name: 'SAMTAL_TRUSTED_PROXIES' | 'SAMTAL_OUTBOUND_NETWORKS' | 'SAMTAL_METRICS_NETWORKS',
    verb: 'trust' | 'open',
  ): string[] {
    const given = (this.text(name) ?? '').split(',').map((part) => part.trim());
    const networks: string[] = [];
    for (const part of given.filter((part) => part !== '')) {
      const network = networkOf(part);
      if (network === null)
        this.fault(name, `must list addresses and networks, separated by commas; ${quoted(part)} is neither`);
      else if (network.endsWith('/0'))
        this.fault(name, `must not ${verb} every address, as ${quoted(part)} does`);
      else networks.push(network);
    }
    return networks;
  }

  /** NOTE: these hold passwords, so no fault may quote them. */
  secretUrl(
    name: 'SAMTAL_DATABASE_URL' | 'SAMTAL_KEYRING_URL' | 'SAMTAL_MEDIA_URL' | 'SAMTAL_NATS_URL',
    schemes: string[],
  ): string | null {
    const given = this.text(name);
    if (given === null) return null;
    // A database on a socket has no host between user and path: postgres://samtal@/samtal?host=/run/postgresql
    const withHost = given.replace('@/', '@localhost/');
    if (schemes.some((scheme) => given.startsWith(`${scheme}//`)) && URL.canParse(withHost)) return given;
    this.fault(name, `must be a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`);
    return null;
  }

  clamdUrl(): string | null {
    const given = this.text('SAMTAL_CLAMD_URL');
    const url = given !== null && URL.canParse(given) ? new URL(given) : null;
    if (given === null) return null;
    if (url?.protocol === 'tcp:' && url.hostname !== '' && url.port !== '') return given;
    if (url?.protocol === 'unix:' && url.hostname === '' && url.pathname.length > 1) return given;
    this.fault('SAMTAL_CLAMD_URL', 'must be tcp://host:port or unix:///path');
    return null;
  }

  publicUrl({ host, port, secure }: { host: string; port: number; secure: boolean }): URL {
    const given = this.text('SAMTAL_PUBLIC_URL');
    const listening = `${secure ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
    const fallback = URL.canParse(listening) ? new URL(listening) : new URL('http://127.0.0.1');
    if (given === null) {
      if (isEveryAddress(host))
        this.fault(
          'SAMTAL_PUBLIC_URL',
          `is needed, since ${host} is every address of this machine and no address to visit`,
        );
      return fallback;
    }
    const problem = publicUrlProblem(given);
    if (problem === null) return new URL(given);
    this.fault('SAMTAL_PUBLIC_URL', problem);
    return fallback;
  }

  demo(): { demo: boolean; demoHistory: boolean } {
    const given = this.text('SAMTAL_DEMO') ?? 'on';
    if (!['on', 'bare', 'off'].includes(given))
      this.fault('SAMTAL_DEMO', `must be on, bare or off, not ${quoted(given)}`);
    return { demo: given !== 'off', demoHistory: given === 'on' };
  }
}

function publicUrlProblem(given: string): string | null {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return 'must be a URL that begins with https:// or http://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    return 'must end after host and port, without a path';
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replaceAll(/[[\]]/g, ''))) {
    return 'must begin with https://, since browsers keep sign-in cookies of plain HTTP only on loopback';
  }
  return null;
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 0) return host.toLowerCase() === 'localhost';
  return ipaddr.process(host).range() === 'loopback';
}

function isEveryAddress(host: string): boolean {
  return isIP(host) !== 0 && ipaddr.process(host).range() === 'unspecified';
}

/** The network in CIDR form with its host bits cleared, or `null`. A single address is a network of one. */
function networkOf(text: string): string | null {
  const [address = '', bits, ...rest] = text.split('/');
  // NOTE: ipaddr.js also takes shorthand such as `1` or `0x7f.1`, which would let a hop count pass as an address.
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return null;
  const most = version === 4 ? 32 : 128;
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > most)) return null;
  const cidr = `${address}/${bits ?? most}`;
  return `${(version === 4 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(cidr).toString()}/${bits ?? most}`;
}

function quoted(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(shown);
}

function nearest(name: string): Variable | null {
  const ranked = (Object.keys(examples) as Variable[])
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= 4 ? best.known : null;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
