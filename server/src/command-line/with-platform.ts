import type { Config } from '../config.ts';
import {
  embeddedAccess,
  externalAccess,
  openDatabase,
  type Database,
  type DatabaseAccess,
} from '../platform/database/index.ts';
import { ConversationKeys, type Keyring } from '../platform/keys/index.ts';
import { createLog, type Log } from '../platform/log/index.ts';
import {
  findRunningPostgres,
  lockDataDirectory,
  startEmbeddedPostgres,
  type PostgresConnection,
} from '../platform/postgres/index.ts';
import { openKeyring } from '../open-keyring.ts';
import { tellNodes } from './tell-nodes.ts';

/** What most commands need. */
export interface Platform {
  readonly database: Database;
  readonly access: DatabaseAccess;
  readonly keyring: Keyring;
  /** Running nodes are told of what it destroys, before the command ends. */
  readonly keys: ConversationKeys;
  /** Running nodes are told, so that sockets that stand on them close at once. */
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
  readonly log: Log;
}

/**
 * Opens the database and the keyring, works with them, and closes them. Beside a running server its embedded database
 * is shared; without one it is started for as long as the command takes.
 */
export async function withPlatform<Result>(
  config: Config,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const running = config.databaseUrl === null ? await findRunningPostgres(config.dataDir) : null;
  return await onPlatform(config, running, work);
}

/** The same where no server runs on the data directory, and none can start meanwhile. */
export async function withStoppedPlatform<Result>(
  config: Config,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const lock = await lockDataDirectory(config.dataDir);
  try {
    return await onPlatform(config, null, work);
  } finally {
    await lock.release();
  }
}

async function onPlatform<Result>(
  config: Config,
  running: PostgresConnection | null,
  work: (platform: Platform) => Promise<Result>,
): Promise<Result> {
  const log = createLog({ destination: process.stderr, level: 'warn' });
  const { access, stop } = await reachDatabase(config, running, log);
  let isClosing = false;
  try {
    const { database } = await openDatabase(access, (error) => {
      // Connections on their way out are cut when the database stops, which is no news.
      if (!isClosing) log.warn('database-disturbed', {}, error);
    });
    try {
      const keyring = await openKeyring(config, access, log);
      try {
        const nodes = tellNodes(database);
        const keys = new ConversationKeys(keyring, { fanout: nodes.fanout });
        try {
          const sessionsEnded = (ids: readonly string[]) => {
            for (const session of ids) nodes.fanout.announce({ kind: 'recheck', session });
          };
          return await work({ database, access, keyring, keys, sessionsEnded, log });
        } finally {
          await nodes.told();
        }
      } finally {
        await keyring.close();
      }
    } finally {
      isClosing = true;
      await database.close();
    }
  } finally {
    await stop();
  }
}

async function reachDatabase(
  config: Config,
  running: PostgresConnection | null,
  log: Log,
): Promise<{ access: DatabaseAccess; stop(): Promise<void> }> {
  const leaveRunning = () => Promise.resolve();
  if (config.databaseUrl !== null) return { access: externalAccess(config.databaseUrl), stop: leaveRunning };
  if (running !== null) return { access: embeddedAccess(running), stop: leaveRunning };
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  return { access: embeddedAccess(postgres.connection), stop: () => postgres.stop() };
}
