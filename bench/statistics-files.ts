import { randomUUID } from 'node:crypto';
import { metricsOf, subjects, type FiguresRow } from '@samtal/contract/statistics';
import { writeCsv } from '../server/src/features/statistics/reading/write-csv.ts';
import { runFromCommandLine } from './command-line.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

const subject = 'queues';
const rowCount = 20_000;

/** Writing the rows of a statistics file, beside writing the same bytes without a look at what is in a cell (I3). */
export const statisticsFiles: Benchmark = { name: 'statistics-files', run: measureFiles };

async function measureFiles({ rounds }: BenchmarkOptions): Promise<Finding[]> {
  const rows = Array.from({ length: rowCount }, (_, at) => rowOf(at));
  const { version } = subjects[subject];
  const ours = () => Buffer.from([...writeCsv({ subject, version, rows }, ['queue'])].slice(1).join(''));
  const names = metricsOf(subject).map(({ name }) => name);
  const plain = () => Buffer.from(rows.map((row) => plainRecord(row, { version, names })).join(''));
  if (!ours().equals(plain())) throw new Error('They do not write the same');
  const rates: { ours: number; plain: number }[] = [];
  for (let round = 0; round < rounds * 3; round += 1) {
    const first = rowsPerSecond(round % 2 === 0 ? ours : plain);
    const second = rowsPerSecond(round % 2 === 0 ? plain : ours);
    rates.push(round % 2 === 0 ? { ours: first, plain: second } : { ours: second, plain: first });
  }
  const rate = (of: 'ours' | 'plain') => shown(spreadOf(rates.map((each) => each[of])), 0);
  return [
    {
      what: 'rows of a statistics file are written, against the same bytes without quoting and the rule of formulas',
      measured: `${shown(spreadOf(rates.map((each) => each.ours / each.plain)), 2)} of its speed`,
      target: null,
      met: null,
      from: `${rate('ours')} and ${rate('plain')} rows/s of processor time`,
    },
  ];
}

/** By processor time, which other work hardly touches. */
function rowsPerSecond(write: () => Buffer): number {
  const began = process.cpuUsage();
  write();
  const { user, system } = process.cpuUsage(began);
  return rowCount / ((user + system) / 1e6);
}

function rowOf(at: number): FiguresRow {
  return {
    periodStart: '2026-11-26T07:00:00.000Z',
    periodEnd: '2026-11-26T08:00:00.000Z',
    dimensions: [{ dimension: 'queue', id: randomUUID(), name: `Kundtjänst ${at}` }],
    measures: Object.fromEntries(metricsOf(subject).map(({ name }, place) => [name, at * 7 + place])),
  };
}

function plainRecord(
  { periodStart, periodEnd, dimensions, measures }: FiguresRow,
  { version, names }: { version: number; names: readonly string[] },
): string {
  const who = dimensions.flatMap(({ id, name }) => [id, name]);
  const cells = [periodStart, periodEnd, version, ...who, ...names.map((name) => measures[name])];
  return `"${cells.join('","')}"\r\n`;
}

if (import.meta.main) await runFromCommandLine([statisticsFiles]);
