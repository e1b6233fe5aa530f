import { Database, externalAccess } from '../src/platform/database/index.ts';
import { Keyring } from '../src/platform/keys/index.ts';
import { createLog } from '../src/platform/log/index.ts';
import { SftpSupervisor } from '../src/features/statistics-export/sftp/supervisor.ts';

// A process that keeps one that speaks SFTP, as a node does, and nothing else: so that a test can kill it. It says which one and where.
const [url = '', keyringDirectory = ''] = process.argv.slice(2);
const database = new Database({ connectionString: url, onError: () => undefined });
const supervisor = new SftpSupervisor({
  database,
  keyring: await Keyring.open(keyringDirectory),
  login: externalAccess(url).sftp,
  log: createLog({ destination: { write: () => undefined } }),
  host: '127.0.0.1',
  port: 0,
});
supervisor.start();
setInterval(() => {
  const { pid, port } = supervisor;
  if (port !== null) process.send?.({ pid, port });
}, 20);
process.on('disconnect', () => process.exit(1));
