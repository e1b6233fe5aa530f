import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { asvsProblems } from './asvs.ts';
import { attackProblems } from './attacks.ts';
import { boundaryProblems } from './boundaries.ts';
import { catalogueProblems } from './catalogues.ts';
import { comparisonProblems } from './comparisons.ts';
import { rawSqlProblems } from './raw-sql.ts';
import { featureListProblems } from './features.ts';
import { root } from './files.ts';
import { linkProblems } from './links.ts';
import { lockFileProblems } from './lock-file.ts';
import { metricsDocumentProblems } from './metrics.ts';
import {
  formatComplaints,
  lintComplaints,
  openApiComplaints,
  typeComplaints,
  unusedCodeComplaints,
} from './programs.ts';
import { secretProblems } from './secrets.ts';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: root } },
});

/** One guard. `run` answers with nothing when all is well, else with what to tell. */
interface Step {
  readonly name: string;
  run(): Promise<string>;
}

const packages = ['contract', 'server', 'widget', 'console', 'e2e', 'bench', 'tools'];

const steps: readonly Step[] = [
  program('lint', lintComplaints),
  ...packages.map((name) => program(`types ${name}`, (folder) => typeComplaints(folder, name))),
  program('unused code', unusedCodeComplaints),
  program('openapi', openApiComplaints),
  program('format', formatComplaints),
  guard('boundaries', boundaryProblems),
  guard('comparisons', comparisonProblems),
  guard('raw SQL', rawSqlProblems),
  guard('features', featureListProblems),
  guard('metrics', metricsDocumentProblems),
  guard('attacks', (folder) => [...attackProblems(folder), ...asvsProblems(folder)]),
  guard('links', linkProblems),
  guard('catalogues', catalogueProblems),
  guard('lock file', lockFileProblems),
  guard('secrets', secretProblems),
];

const chosen = steps.filter(
  (step) => wanted.length === 0 || wanted.some((name) => step.name.startsWith(name)),
);

function program(name: string, complaints: (folder: string) => Promise<string>): Step {
  return { name, run: async () => await complaints(values.root) };
}

function guard(name: string, problems: (folder: string) => string[]): Step {
  return { name, run: async () => problems(values.root).join('\n') };
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

const failed = chosen.length === 0 ? wanted : await performAll(chosen);
if (chosen.length === 0) console.log(`There is no check named ${wanted.join(', ')}.`);
else if (failed.length === 0) console.log(`\nAll ${chosen.length} checks passed.`);
else console.log(`\n${failed.length} of ${chosen.length} checks failed: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
