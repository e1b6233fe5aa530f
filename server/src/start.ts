import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildApp } from './app.ts';
import type { Config } from './config.ts';
import { updateBuiltInRoles } from './features/access/index.ts';
import { diskStore } from './features/media/index.ts';
import { checkPages } from './features/pages/index.ts';
import {
  embeddedAccess,
  externalAccess,
  openDatabase,
  type DatabaseAccess,
} from './platform/database/index.ts';
import { OperationalError, type Log } from './platform/log/index.ts';
import { lockDataDirectory, startEmbeddedPostgres } from './platform/postgres/index.ts';
import { prepareDemo } from './demo.ts';
import { openKeyring } from './open-keyring.ts';
import { platformVersion } from './version.ts';

/** Clients are given this long to go elsewhere before their connections are closed. */
const drainMs = 5_000;

/** A platform that runs. */
export interface Running {
  readonly url: URL;
  readonly hasDemo: boolean;
  /** Where the first start in this data directory wrote down how to get in; null when it did not, or it was removed. */
  readonly firstRun: string | null;
  stop(): Promise<void>;
}

/** Runs the platform until it is stopped: the database, unless there is another; what is due; and the listener. */
export async function startServer(config: Config, log: Log): Promise<Running> {
  checkPages();
  // What has been started, to be stopped in the opposite order, also when a later step fails.
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).toReversed()) {
      // One part that does not end well must not keep the others, the database last of all, from ending.
      await end().catch((error: unknown) => log.error('stop-failed', {}, error));
    }
  };
  try {
    const lock = await lockDataDirectory(config.dataDir);
    started.push(async () => await lock.release());
    const access = await reachDatabase(config, log, started);
    const { database, applied } = await openDatabase(access, (error) =>
      log.warn('database-disturbed', {}, error),
    );
    started.push(async () => await database.close());
    for (const name of applied) log.info('migration-applied', { migration: name });
    const updated = await updateBuiltInRoles(database);
    if (updated > 0) log.info('built-in-roles-updated', { count: updated });
    const keyring = await openKeyring(config, access, log);
    started.push(async () => await keyring.close());
    const port = config.port === 0 ? await freePort(config.host) : config.port;
    const url = new URL(config.publicUrl);
    if (config.port === 0 && url.port === '0') url.port = String(port);
    const demo = await prepareDemo({
      database,
      keyring,
      dataDir: config.dataDir,
      publicUrl: url,
      wanted: config.demo,
      history: config.demoHistory,
    });
    const app = await buildApp({
      database,
      access,
      keyring,
      media: {
        store: diskStore(mediaDirectory(config)),
        scanner: config.clamdUrl === null ? null : new URL(config.clamdUrl),
      },
      log,
      dataDir: config.dataDir,
      version: platformVersion,
      publicUrl: url,
      trustedProxies: config.trustedProxies,
      outboundNetworks: config.outboundNetworks,
      metricsNetworks: config.metricsNetworks,
      tls: config.tls === null ? null : await readCertificate(config.tls),
      sftp: config.sftpPort === null ? null : { host: config.host, port: config.sftpPort },
      checkpointDirectory: checkpointDirectory(config),
      demoSiteKey: async () => demo.siteKey,
    });
    started.push(async () => await app.stop(drainMs));
    await app
      .start({ host: config.host, port })
      .catch((error: unknown) => explainListening(error, config.host, port));
    log.info('server-started', { url: url.origin });
    const firstRun = join(config.dataDir, 'first-run.json');
    return { url, hasDemo: demo.siteKey !== null, firstRun: existsSync(firstRun) ? firstRun : null, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Where checkpoints of the audit trail are kept on this machine. */
export function checkpointDirectory({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'audit-checkpoints');
}

async function reachDatabase(
  config: Config,
  log: Log,
  started: (() => Promise<unknown>)[],
): Promise<DatabaseAccess> {
  if (config.databaseUrl !== null) return externalAccess(config.databaseUrl);
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  started.push(async () => await postgres.stop());
  return embeddedAccess(postgres.connection);
}

/** Where the content of files lies: in the data directory, or in a directory that the nodes of a cluster share. */
export function mediaDirectory({ dataDir, mediaUrl }: Config): string {
  return mediaUrl === null ? join(dataDir, 'media') : fileURLToPath(mediaUrl);
}

async function readCertificate(tls: { cert: string; key: string }): Promise<{ cert: Buffer; key: Buffer }> {
  try {
    return { cert: await readFile(tls.cert), key: await readFile(tls.key) };
  } catch (cause) {
    throw new OperationalError(
      'tls-unreadable',
      'SAMTAL_TLS_CERT or SAMTAL_TLS_KEY names a file that cannot be read',
      { cause },
    );
  }
}

function explainListening(error: unknown, host: string, port: number): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    throw new OperationalError(
      'address-in-use',
      `Another program listens on ${host}:${port} already; set SAMTAL_PORT to a free port`,
    );
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    throw new OperationalError(
      'address-unavailable',
      `This process cannot listen on ${host}:${port}; check SAMTAL_HOST and SAMTAL_PORT`,
    );
  }
  throw error;
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port');
  return address.port;
}
