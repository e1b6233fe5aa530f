import { readConfig } from './config.ts';
import { createLog } from './platform/log/index.ts';
import { startServer } from './start.ts';

const running = await startServer(readConfig(process.env), createLog());
console.log(`Samtal is ready at ${running.url.origin}`);
if (running.firstRun !== null) console.log(`How to sign in to the demo is in ${running.firstRun}`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void running.stop().then(() => process.exit(0));
  });
}
