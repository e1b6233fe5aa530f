import { Database } from '../../../platform/database/index.ts';
import { heartbeatMs } from './limits.ts';
import type { FromSftp, SftpFailure, ToSftp } from './messages.ts';
import { SftpServer } from './server.ts';

/**
 * The process that speaks SFTP. Its node starts it, tells it everything it knows, and listens whether it lives; without its node it
 * ends. Whatever goes wrong in it goes wrong in nobody else.
 */
let server: SftpServer | null = null;
let database: Database | null = null;

function tell(message: FromSftp): void {
  // Without a node there is nobody to tell, and the end is near.
  if (process.connected) process.send?.(message, () => undefined);
}

function failed(event: SftpFailure, error: unknown): void {
  tell({ kind: 'failed', event, error: error instanceof Error ? error : new Error(typeof error) });
}

async function start({
  host,
  port,
  hostKey,
  login,
  limits,
}: Extract<ToSftp, { kind: 'start' }>): Promise<void> {
  database = new Database({
    ...login,
    max: 6,
    statementTimeoutMs: limits.statementMs,
    role: 'samtal_sftp',
    onError: (error) => failed('database-disturbed', error),
  });
  server = new SftpServer({ database, hostKey, limits, failed });
  try {
    tell({ kind: 'listening', port: await server.listen(host, port) });
  } catch (error) {
    tell({ kind: 'cannot-listen', code: (error as NodeJS.ErrnoException).code ?? 'unknown' });
    await stop();
  }
}

async function stop(): Promise<void> {
  await server?.stop();
  await database?.close();
  process.exit(0);
}

process.on('message', (message: ToSftp) => {
  if (message.kind === 'start') void start(message);
  else void stop();
});
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => void stop());
// A terminal sends it to everybody; the node says when.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
setInterval(() => tell({ kind: 'alive' }), heartbeatMs);
