/**
 * Stands in for a server in tests that kill one: runs the database of the data directory that it is given, says on
 * standard output how to reach it, stops it on SIGTERM, and fails on SIGHUP. Needs nothing of the checkout but the engine and the log.
 *
 *     node stand-in-server.ts <dataDir> [directory for the programs]
 */
import { createLog } from '../src/platform/log/index.ts';
import { startEmbeddedPostgres } from '../src/platform/postgres/index.ts';

const [, , dataDir = '', runtimeParent] = process.argv;
const log = createLog({ destination: process.stderr, readable: false });
// As a server does: Ctrl-C asks it to finish, and does not end it there and then.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => process.exit(1));
try {
  const engine = await startEmbeddedPostgres({
    dataDir,
    log,
    ...(runtimeParent === undefined ? {} : { runtimeParent }),
  });
  process.on('SIGTERM', () => void engine.stop());
  process.stdout.write(`${JSON.stringify({ connection: engine.connection, pid: engine.pid })}\n`);
} catch (error) {
  log.error('start-failed', {}, error);
  process.exitCode = 1;
}
