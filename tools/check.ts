import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

import { boundaryProblems } from './boundaries.ts';
import { catalogueProblems } from './catalogues.ts';
import { featureListProblems } from './features.ts';
import { root } from './files.ts';
import { linkProblems } from './links.ts';
import { lockFileProblems } from './lock-file.ts';
import { secretProblems } from './secrets.ts';

/** One guard. `run` answers with nothing when all is well, else with what to tell. */
interface Step {
  readonly name: string;
  run(): Promise<string>;
}

const packages = ['contract', 'server', 'widget', 'console', 'e2e', 'bench', 'tools'];

const steps: readonly Step[] = [
  program('lint', 'node_modules/oxlint/bin/oxlint'),
  ...packages.map((name) => program(`types ${name}`, 'node_modules/typescript/bin/tsc', '-p', name)),
  program('unused code', 'node_modules/knip/bin/knip.js', '--no-progress', '--treat-config-hints-as-errors'),
  program('openapi', 'tools/openapi.ts'),
  program('format', 'node_modules/oxfmt/bin/oxfmt', '--check', '.'),
  guard('boundaries', boundaryProblems),
  guard('features', featureListProblems),
  guard('links', linkProblems),
  guard('catalogues', catalogueProblems),
  guard('lock file', lockFileProblems),
  guard('secrets', secretProblems),
];

/** Runs a Node program in the root of the repository; it fails when the program does, with all that it said. */
function program(name: string, file: string, ...args: string[]): Step {
  const run = (): Promise<string> =>
    new Promise((resolve, reject) => {
      if (!existsSync(join(root, file))) return resolve(`${file} is not there; run npm ci first`);
      const child = spawn(process.execPath, [join(root, file), ...args], { cwd: root });
      let said = '';
      child.stdout.on('data', (text) => (said += String(text)));
      child.stderr.on('data', (text) => (said += String(text)));
      child.on('error', reject);
      child.on('close', (code) =>
        resolve(code === 0 ? '' : said.trim() || `${name} ended with code ${code}`),
      );
    });
  return { name, run };
}

function guard(name: string, problems: (folder: string) => string[]): Step {
  return { name, run: async () => problems(root).join('\n') };
}

async function perform(step: Step): Promise<boolean> {
  const start = performance.now();
  const said = await step.run().catch((error: unknown) => String(error));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${said === '' ? '✓' : '✗'} ${step.name} (${seconds} s)`);
  if (said !== '') console.log(said.replaceAll(/^/gm, '    '));
  return said === '';
}

/** Runs the steps named, or all of them, two at a time, and answers with the names of those that failed. */
async function performAll(chosen: readonly Step[]): Promise<string[]> {
  const failed: string[] = [];
  const waiting = [...chosen];
  const work = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      if (!(await perform(step))) failed.push(step.name);
    }
  };
  await Promise.all([work(), work()]);
  return failed;
}

const wanted = process.argv.slice(2);
const chosen = steps.filter(
  (step) => wanted.length === 0 || wanted.some((name) => step.name.startsWith(name)),
);
const failed = chosen.length === 0 ? wanted : await performAll(chosen);
if (failed.length > 0) {
  console.log(`\n${failed.length} of ${chosen.length} checks failed: ${failed.join(', ')}`);
  process.exitCode = 1;
} else {
  console.log(`\nAll ${chosen.length} checks passed.`);
}
