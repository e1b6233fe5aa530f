/** One line of the results: a promise, what was found, and whether the promise was kept. */
export interface Finding {
  readonly what: string;
  /** The ratio or the size that the promise is about. */
  readonly measured: string;
  /** Null: nothing is promised. */
  readonly target: string | null;
  /** Null: nothing is promised. */
  readonly met: boolean | null;
  /** What the measured number was made from. */
  readonly from: string;
}

/** A program of the benchmarks. It prints its progress, and answers with its findings. */
export interface Benchmark {
  readonly name: string;
  run(options: BenchmarkOptions): Promise<Finding[]>;
}

export interface BenchmarkOptions {
  /** How often everything is measured; the platform and its ceiling take turns. */
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  /** Where the platform's CPU profiles go; null for none. Profiling slows it down. */
  readonly profileDirectory: string | null;
}

/** Middle and extremes of what the rounds found. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, least: at(0), most: at(sorted.length - 1) };
}

/** The value below which the given share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** `median (least–most)`, or the one value there is. */
export function shown({ median, least, most }: Spread, digits: number): string {
  const text = (value: number) => value.toFixed(digits);
  return least === most ? text(median) : `${text(median)} (${text(least)}–${text(most)})`;
}

/** The findings as a table in Markdown. */
export function tableOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ what, measured, target, met, from }) => [
    what,
    measured,
    target ?? 'shown only',
    met === null ? '' : met ? 'met' : '**missed**',
    from,
  ]);
  const lines = [['what', 'measured', 'target', '', 'from'], ['---', '---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
