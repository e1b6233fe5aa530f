import { join } from 'node:path';
import { buildApp, type App } from '../../server/src/app.ts';
import { diskStore } from '../../server/src/features/media/index.ts';
import { externalAccess, openDatabase, type Database } from '../../server/src/platform/database/index.ts';
import { Keyring } from '../../server/src/platform/keys/index.ts';
import { createLog } from '../../server/src/platform/log/index.ts';
import { ownUsage } from '../usage.ts';
import { answer } from '../worker.ts';

// One node of the platform in a process of its own, as `samtal start` builds it, on a database that runs elsewhere.

const log = createLog({ destination: process.stderr, level: 'warn', readable: true });
let running: { app: App; database: Database } | null = null;

const asks = {
  start: async ({
    databaseUrl,
    keyringDirectory,
    port,
  }: {
    databaseUrl: string;
    keyringDirectory: string;
    port: number;
  }) => {
    const access = externalAccess(databaseUrl);
    const { database } = await openDatabase(access, (error) => log.error('database-disturbed', {}, error));
    const app = await buildApp({
      database,
      access,
      keyring: await Keyring.open(keyringDirectory),
      media: { store: diskStore(join(keyringDirectory, '../media')), scanner: null },
      log,
      dataDir: `${keyringDirectory}-data`,
      version: '0.0.0-bench',
      publicUrl: new URL(`http://127.0.0.1:${port}`),
      trustedProxies: [],
      outboundNetworks: [],
      metricsNetworks: [],
      tls: null,
      sftp: null,
      checkpointDirectory: `${keyringDirectory}-checkpoints`,
      demoSiteKey: async () => null,
    });
    await app.start({ host: '127.0.0.1', port });
    running = { app, database };
    return { port };
  },
  usage: async () => ownUsage(),
};

export type PlatformSubject = typeof asks;

answer(asks, async () => {
  await running?.app.stop(0);
  await running?.database.close();
});
