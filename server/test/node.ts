import { createServer } from 'node:net';
import { diskStore } from '../src/features/media/index.ts';
import { buildApp, type App } from '../src/app.ts';
import { externalAccess } from '../src/platform/database/index.ts';
import { createLog, type Log } from '../src/platform/log/index.ts';
import type { SftpLimits } from '../src/features/statistics-export/sftp/limits.ts';
import type { TestDatabase } from './database.ts';

/** One node of the platform on a test's database, listening on loopback. */
export interface TestNode {
  readonly app: App;
  readonly url: URL;
  stop(withinMs?: number): Promise<void>;
}

/** Keeps what was logged, so that a test can look for what must not be in it. */
export function keptLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return {
    log: createLog({ destination: { write: (line: string) => void lines.push(line) }, readable: false }),
    lines,
  };
}

export interface TestNodeOptions {
  readonly trustedProxies?: readonly string[];
  readonly log?: Log;
  readonly publicUrl?: URL;
  /** Networks that are not public and may be reached all the same. */
  readonly outboundNetworks?: readonly string[];
  /** From where the metrics may be read. */
  readonly metricsNetworks?: readonly string[];
  /** A clamd. */
  readonly scanner?: URL;
  /** The database whose notifications it hears and sends: another one’s makes it deaf and mute. */
  readonly notifiedBy?: TestDatabase;
  /** Serves SFTP within these limits, on a port that the system chooses unless told. */
  readonly sftp?: Partial<SftpLimits>;
  readonly sftpPort?: number;
}

export async function startTestNode(db: TestDatabase, options: TestNodeOptions = {}): Promise<TestNode> {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}`);
  const app = await buildApp({
    database: db.database,
    access: externalAccess((options.notifiedBy ?? db).url),
    keyring: db.keyring,
    media: { store: diskStore(db.mediaDirectory), scanner: options.scanner ?? null },
    log: options.log ?? keptLog().log,
    dataDir: `${db.keyringDirectory}-data`,
    version: '0.0.0-test',
    publicUrl: options.publicUrl ?? url,
    trustedProxies: options.trustedProxies ?? [],
    outboundNetworks: options.outboundNetworks ?? [],
    metricsNetworks: options.metricsNetworks ?? [],
    tls: null,
    sftp:
      options.sftp === undefined
        ? null
        : { host: '127.0.0.1', port: options.sftpPort ?? 0, limits: options.sftp },
    checkpointDirectory: db.checkpointDirectory,
    demoSiteKey: async () => null,
  });
  await app.start({ host: '127.0.0.1', port });
  return { app, url, stop: async (withinMs = 0) => await app.stop(withinMs) };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port');
  return address.port;
}
