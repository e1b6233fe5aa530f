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

/** Files that run so many at a time, beside the other batches. */
export interface Batch {
  readonly files: readonly string[];
  readonly concurrency: number;
}

export interface Limits {
  readonly testTimeoutMs: number;
  readonly fileTimeoutMs: number;
}

interface TestEvent {
  readonly type: string;
  readonly data: unknown;
}

type Summary = 'tests' | 'suites' | 'pass' | 'fail' | 'cancelled' | 'skipped' | 'todo' | 'duration_ms';
const summaryLine = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/;

/**
 * Runs batches beside each other as one run: the events are those of Node's runner, with those of a test together, and
 * one summary at the end. `outcome` is filled in on the way.
 */
export async function* testEvents(
  batches: readonly Batch[],
  {
    namePatterns,
    limits,
    outcome,
    signal,
  }: { namePatterns: readonly string[]; limits: Limits; outcome: Outcome; signal: AbortSignal },
): AsyncGenerator<TestEvent> {
  const totals = new Map<Summary, number>();
  const runs = batches
    .filter(({ files }) => files.length > 0)
    .map(({ files, concurrency }) =>
      run({
        files: [...files],
        concurrency,
        signal,
        timeout: limits.fileTimeoutMs,
        execArgv: [`--test-timeout=${limits.testTimeoutMs}`],
        ...(namePatterns.length === 0 ? {} : { testNamePatterns: [...namePatterns] }),
      }),
    );
  for await (const events of besideEachOther(runs.map(outermostTests))) {
    for (const event of events) {
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

/** The events of a run, those of a test and all that is within it at a time; what it prints, at once. */
async function* outermostTests(events: AsyncIterable<TestEvent>): AsyncGenerator<TestEvent[]> {
  let test: TestEvent[] = [];
  for await (const event of events) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      yield [event];
      continue;
    }
    test.push(event);
    const isOver = event.type === 'test:pass' || event.type === 'test:fail';
    if (!isOver || (event.data as EventData.TestPass).nesting > 0) continue;
    yield test;
    test = [];
  }
  yield test;
}

/** What several sources have to give, as soon as one has it. */
async function* besideEachOther<T>(sources: readonly AsyncGenerator<T>[]): AsyncGenerator<T> {
  const take = async (source: AsyncGenerator<T>) => ({ source, taken: await source.next() });
  const waiting = new Map(sources.map((source) => [source, take(source)]));
  while (waiting.size > 0) {
    const { source, taken } = await Promise.race(waiting.values());
    if (taken.done === true) {
      waiting.delete(source);
      continue;
    }
    waiting.set(source, take(source));
    yield taken.value;
  }
}

function addSummary(
  totals: Map<Summary, number>,
  { nesting, message, file }: EventData.TestDiagnostic,
): boolean {
  const match = nesting === 0 && file === undefined ? summaryLine.exec(message) : null;
  if (match === null) return false;
  const key = match[1] as Summary;
  const [sofar, value] = [totals.get(key) ?? 0, Number(match[2])];
  // They run beside each other.
  totals.set(key, key === 'duration_ms' ? Math.max(sofar, value) : sofar + value);
  return true;
}

function count({ type, data }: TestEvent, outcome: Outcome): void {
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
