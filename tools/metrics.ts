import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  metrics,
  metricsOf,
  statisticsSubjects,
  subjects,
  type Metric,
} from '../contract/src/statistics/index.ts';
import { root } from './files.ts';

const path = 'docs/statistics-metrics.md';

const units: Readonly<Record<Metric['unit'], string>> = {
  count: 'count',
  s: 'seconds',
  share: 'share of 1',
  ratio: 'ratio',
  'per-hour': 'per hour',
  points: 'points, 1 to 5',
  instant: 'instant (ISO 8601, UTC)',
  word: 'word',
};

/** The document of metrics, as the registry says them (I1). */
export function metricsDocument(): string {
  return `# Metrics

What each column of statistics means. Made from the registry in [contract/src/statistics](../contract/src/statistics) by \`node tools/metrics.ts --write\`. How figures come about is
told in [statistics](subsystems/statistics.md).

Where a metric has no value, because there is nothing to divide by or because it is not the reader's to see, the cell is empty. *Adds up*: a day is the sum of its hours, and an
account the sum of its places. *From*: the kinds of [facts](../server/src/platform/facts/facts.ts). All ${metrics.length} are in the answer of \`statistics.listMetrics\` as well.

${statisticsSubjects.map(section).join('\n')}`;
}

function section(subject: (typeof statisticsSubjects)[number]): string {
  const { title, by, version } = subjects[subject];
  return `## ${title}

\`${subject}\`, version ${version}, one row for each ${by}.

| column | what it is | how it is computed | unit | adds up | from |
|---|---|---|---|---|---|
${metricsOf(subject).map(row).join('\n')}
`;
}

function row({ name, title, says, formula, unit, additive, source }: Metric): string {
  const from = source.map((kind) => `\`${kind}\``).join(', ');
  return `| \`${name}\` | **${title}.** ${says} | ${formula} | ${units[unit]} | ${additive ? 'yes' : 'no'} | ${from} |`;
}

/** Where the document departs from the registry. */
export function metricsDocumentProblems(folder: string): string[] {
  const before = existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : '';
  return before === metricsDocument()
    ? []
    : [`${path} is not what the registry says; write it with: node tools/metrics.ts --write`];
}

if (import.meta.main && process.argv.includes('--write')) writeFileSync(join(root, path), metricsDocument());
