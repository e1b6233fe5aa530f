import { run } from 'node:test';
import type { EventData } from 'node:test';

/** What came of a run. `passed` and `failed` count tests; a file is not a test. */
export interface Outcome {
  passed: number;
  failed: number;
  /** Titles of tests that were skipped or are marked as still to do, each with its file. */
  notRun: { title: string; file: string }[];
  /** Files that hold no test at all. */
  empty: string[];
  /** The runner's own verdict, which also knows about failures outside a test. */
  succeeded: boolean;
}

/** Files that run with each other, so many at a time. */
export interface Batch {
  readonly files: readonly string[];
  readonly concurrency: number;
}

export interface Limits {
  readonly testTimeoutMs: number;
  readonly fileTimeoutMs: number;
}

type Summary = 'tests' | 'suites' | 'pass' | 'fail' | 'cancelled' | 'skipped' | 'todo' | 'duration_ms';
const summaryLine = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/**
 * Runs batches one after the other as one run: the events are those of Node's runner, with one summary at the end.
 * `outcome` is filled in on the way.
 */
export async function* testEvents(
  batches: readonly Batch[],
  {
    namePatterns,
    limits,
    outcome,
    signal,
  }: { namePatterns: readonly string[]; limits: Limits; outcome: Outcome; signal: AbortSignal },
): AsyncGenerator<{ type: string; data: unknown }> {
  const totals = new Map<Summary, number>();
  for (const { files, concurrency } of batches.filter((batch) => batch.files.length > 0)) {
    if (signal.aborted) break;
    const events = run({
      files: [...files],
      concurrency,
      signal,
      timeout: limits.fileTimeoutMs,
      execArgv: [`--test-timeout=${limits.testTimeoutMs}`],
      ...(namePatterns.length === 0 ? {} : { testNamePatterns: [...namePatterns] }),
    }) as AsyncIterable<{ type: string; data: unknown }>;
    for await (const event of events) {
      if (event.type === 'test:diagnostic' && addSummary(totals, event.data as EventData.TestDiagnostic))
        continue;
      if (event.type === 'test:summary' && !(event.data as EventData.TestSummary).success)
        outcome.succeeded = false;
      count(event, outcome);
      yield event;
    }
  }
  for (const [key, value] of totals) {
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${key} ${value}`, level: 'info' } };
  }
}

function addSummary(
  totals: Map<Summary, number>,
  { nesting, message, file }: EventData.TestDiagnostic,
): boolean {
  const match = nesting === 0 && file === undefined ? summaryLine.exec(message) : null;
  if (match === null) return false;
  const key = match[1] as Summary;
  totals.set(key, (totals.get(key) ?? 0) + Number(match[2]));
  return true;
}

function count({ type, data }: { type: string; data: unknown }, outcome: Outcome): void {
  if (type !== 'test:pass' && type !== 'test:fail') return;
  const test = data as EventData.TestPass;
  const file = test.file ?? '';
  if (test.skip !== undefined || test.todo !== undefined) outcome.notRun.push({ title: test.name, file });
  else if (test.details.type !== 'suite') countTest(type, test.name, file, outcome);
}

function countTest(type: string, title: string, file: string, outcome: Outcome): void {
  if (type === 'test:fail') outcome.failed += 1;
  else if (title === file) outcome.empty.push(file);
  else outcome.passed += 1;
}
