import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { buildPackages } from './build.ts';
import { root } from './files.ts';

// NOTE: not in `prestart`. With `ignore-scripts` npm leaves that out (docs/decisions/0002-no-install-scripts.md).
await buildPackages({ onlyStale: true });

// The server takes this process over, so that a signal sent to it reaches the server.
const args = [join(root, 'server/src/main.ts'), 'start', ...process.argv.slice(2)];
// What the last start compiled, this one need not compile again.
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/samtal-compiled'), ...process.env };
if (process.execve !== undefined && process.platform !== 'win32') {
  process.execve(process.execPath, [process.execPath, ...args], env);
}
process.exitCode = spawnSync(process.execPath, args, { env, stdio: 'inherit' }).status ?? 1;
