import { arch, availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { tableOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

/** Runs benchmarks one after the other and prints what they found. `defaults` yield to the command line. */
export async function runFromCommandLine(
  known: readonly Benchmark[],
  defaults: Partial<BenchmarkOptions> = {},
): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' }, seconds: { type: 'string' }, profile: { type: 'string' } },
  });
  const options: BenchmarkOptions = {
    rounds: numberFrom('rounds', values.rounds) ?? defaults.rounds ?? 3,
    seconds: numberFrom('seconds', values.seconds) ?? defaults.seconds ?? 8,
    profileDirectory: values.profile ?? null,
  };
  const unknown = positionals.filter((name) => !known.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `There is no ${unknown.join(', ')}; there are ${known.map(({ name }) => name).join(', ')}`,
    );
  }
  const chosen = known.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  console.log(`${machine()}\n`);
  const findings: Finding[] = [];
  for (const benchmark of chosen) {
    console.log(`${benchmark.name} …`);
    findings.push(...(await benchmark.run(options)));
  }
  console.log(`\n${tableOf(findings)}\n`);
  const missed = findings.filter(({ met }) => met === false).length;
  if (missed > 0) console.log(missed === 1 ? '1 target was missed' : `${missed} targets were missed`);
}

function numberFrom(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} must be a number above 0`);
  return value;
}

/** What the numbers were measured on, without a name that would tell whose it is. */
function machine(): string {
  const model = cpus()[0]?.model.trim() ?? '';
  const processors = `${availableParallelism()} processors${model === '' || model === 'unknown' ? '' : ` (${model})`}`;
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB of memory`;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${process.platform} ${arch()}, ${processors}, ${memory}, Node ${process.versions.node}, load before the start ${load}`;
}
