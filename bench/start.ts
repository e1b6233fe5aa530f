import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../server/test/node.ts';
import { runFromCommandLine } from './command-line.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const patienceMs = 120_000;

/** How long `npm start` takes until `/readyz` says yes: in an empty data directory, and the next time. */
export const start: Benchmark = { name: 'start', run: measureStarts };

async function measureStarts({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  execFileSync(process.execPath, [join(root, 'tools/build.ts'), '--if-stale'], { stdio: 'inherit' });
  const first: number[] = [];
  const second: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const dataDir = await mkdtemp(join(tmpdir(), 'samtal-bench-'));
    try {
      first.push(await timeStart(dataDir));
      second.push(await timeStart(dataDir));
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
    console.log(`  first ${first.at(-1)?.toFixed(1)} s, second ${second.at(-1)?.toFixed(1)} s`);
  }
  return [
    finding('first start: makes keys, database and demo', first),
    finding('start in a data directory that is there', second),
  ];
}

function finding(what: string, seconds: readonly number[]): Finding {
  return {
    what: `${what}, \`npm start\` to ready`,
    measured: `${shown(spreadOf(seconds), 1)} s`,
    target: null,
    met: null,
    from: 'widget and console were built before',
  };
}

/** Seconds from `npm start` until it is ready. It is stopped again before this returns. */
async function timeStart(dataDir: string): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const server = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, SAMTAL_DATA_DIR: dataDir, SAMTAL_PORT: String(port), SAMTAL_SFTP_PORT: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    await ready(server, port);
    return (performance.now() - began) / 1000;
  } finally {
    await stop(server);
  }
}

async function ready(server: ChildProcess, port: number): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await saysYes(port))) {
    if (server.exitCode !== null) throw new Error(`npm start ended with ${server.exitCode}`);
    if (performance.now() > until) throw new Error('npm start did not become ready');
    await sleep(20);
  }
}

async function saysYes(port: number): Promise<boolean> {
  // Until it listens, the connection is refused.
  const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
  await response?.body?.cancel();
  return response?.ok === true;
}

/** Asks npm and everything it started to end, as Ctrl-C does, and waits for it. */
async function stop(server: ChildProcess): Promise<void> {
  const { pid } = server;
  if (pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-pid, 'SIGINT');
  const killer = setTimeout(() => process.kill(-pid, 'SIGKILL'), 30_000);
  await ended;
  clearTimeout(killer);
}

if (import.meta.main) await runFromCommandLine([start]);
