import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { allowedSkips } from './allowed-skips.ts';
import { buildPackages } from './build.ts';
import { filesBelow, root } from './files.ts';
import { testEvents, type Outcome } from './test-run.ts';

/** A cluster that all tests of a run share, so that each need not start its own (server/test/shared-cluster.ts). */
interface SharedCluster {
  /** Added to the environment of every test. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

const limits = { testTimeoutMs: 10 * 60_000, fileTimeoutMs: 20 * 60_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'test-name-pattern': { type: 'string', multiple: true, default: [] },
    root: { type: 'string', default: root },
  },
});
const folder = values.root;

/** Tests named so that nothing would run them. */
const strays = filesBelow(folder, '**/*.{test,spec}.{tsx,js,mjs,cjs,jsx}', '**/*.spec.ts');
/** Folders or files, as people type them: `e2e`, `./e2e/**`, or an absolute path. */
const chosen = positionals.map((path) => relative(folder, resolve(folder, path.replace(/\/\*.*$/, ''))));
const files = filesBelow(folder, '**/*.test.ts').filter(
  (file) => chosen.length === 0 || chosen.some((path) => file.startsWith(path)),
);
const inBrowser = files.filter((file) => file.startsWith('e2e/'));
/** The long ones first, so that none is left over at the end with a core idle. */
const isLong = (file: string): boolean => file.startsWith('server/test/proofs/');
const others = files
  .filter((file) => !inBrowser.includes(file))
  .toSorted((a, b) => Number(isLong(b)) - Number(isLong(a)));

// NOTE: not in `pretest`. With `ignore-scripts` npm leaves that out (docs/decisions/0002-no-install-scripts.md).
if (folder === root) await buildPackages({ onlyStale: true });
const outcome: Outcome = { passed: 0, failed: 0, notRun: [], empty: [], succeeded: true };
// Whoever stops the run wants no test and no database left running. npm passes a Ctrl-C on, so that it comes twice.
const stopped = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
// Every test file is a process: what one has compiled, the next need not compile again.
process.env['NODE_COMPILE_CACHE'] ??= join(root, 'node_modules/.cache/samtal-compiled');
const cluster = await startSharedCluster();
try {
  Object.assign(process.env, cluster?.env);
  await runAll();
} finally {
  await cluster?.stop();
}
const problems = complaints();
for (const problem of problems) console.log(`✖ ${problem}`);
console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
process.exitCode = outcome.failed > 0 || problems.length > 0 ? 1 : 0;

async function startSharedCluster(): Promise<SharedCluster | null> {
  const path = join(folder, 'server/test/shared-cluster.ts');
  const needed = [...others, ...inBrowser].some((file) => /^(server|e2e)\//.test(file));
  if (!needed || !existsSync(path)) return null;
  const module = (await import(pathToFileURL(path).href)) as { startSharedCluster(): Promise<SharedCluster> };
  return module.startSharedCluster();
}

/** Tests in a browser mostly wait: one of them runs beside two of the others, and all lanes take them when those are done. */
async function runAll(): Promise<void> {
  const queueOf = (paths: readonly string[]): string[] => paths.map((path) => join(folder, path));
  const [browser, rest] = [queueOf(inBrowser), queueOf(others)];
  const lanes = [{ queues: [browser, rest] }, { queues: [rest, browser] }, { queues: [rest, browser] }];
  const namePatterns = values['test-name-pattern'];
  const events = testEvents(lanes, { namePatterns, limits, outcome, signal: stopped.signal });
  await pipeline(Readable.from(events), new spec(), process.stdout, { end: false });
}

/** What makes a run worthless although no test failed. */
function complaints(): string[] {
  const place = (file: string): string => relative(folder, file);
  const filtered = values['test-name-pattern'].length > 0;
  return [
    ...(stopped.signal.aborted ? ['the run was stopped'] : []),
    ...(outcome.passed + outcome.failed === 0 ? ['no test ran'] : []),
    ...(outcome.succeeded || outcome.failed > 0 ? [] : ['something failed outside a test']),
    ...outcome.notRun
      .filter(({ title }) => !(title in allowedSkips))
      .map(
        ({ title, file }) =>
          `“${title}” did not run (${place(file)}); tools/allowed-skips.ts does not name it`,
      ),
    ...(filtered ? [] : outcome.empty.map((file) => `${place(file)} holds no test`)),
    ...strays.map((file) => `${file} would never run: name it *.test.ts`),
  ];
}
