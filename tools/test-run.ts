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

/**
 * One file at a time, beside the other lanes: the next of the first queue that holds one. Lanes share queues, so that none is
 * idle as long as there is something it may run.
 */
export interface Lane {
  readonly queues: readonly string[][];
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
 * Runs lanes beside each other as one run, and empties their queues: the events are those of Node's runner, with those of a test
 * together, and one summary at the end. `outcome` is filled in on the way.
 */
export async function* testEvents(
  lanes: readonly Lane[],
  {
    namePatterns,
    limits,
    outcome,
    signal,
  }: { namePatterns: readonly string[]; limits: Limits; outcome: Outcome; signal: AbortSignal },
): AsyncGenerator<TestEvent> {
  const totals = new Map<Summary, number>();
  const startedAt = performance.now();
  const runFile = (file: string): AsyncIterable<TestEvent> =>
    run({
      files: [file],
      signal,
      timeout: limits.fileTimeoutMs,
      execArgv: [`--test-timeout=${limits.testTimeoutMs}`],
      ...(namePatterns.length === 0 ? {} : { testNamePatterns: [...namePatterns] }),
    });
  const runs = lanes.map(async function* ({ queues }) {
    for (let file = nextOf(queues); file !== undefined && !signal.aborted; file = nextOf(queues))
      yield* outermostTests(runFile(file));
  });
  for await (const events of besideEachOther(runs)) {
    for (const event of events) {
      if (event.type === 'test:diagnostic' && addSummary(totals, event.data as EventData.TestDiagnostic))
        continue;
      if (event.type === 'test:summary' && !(event.data as EventData.TestSummary).success)
        outcome.succeeded = false;
      count(event, outcome);
      yield event;
    }
  }
  totals.set('duration_ms', Math.round(performance.now() - startedAt));
  for (const [key, value] of totals) {
    yield { type: 'test:diagnostic', data: { nesting: 0, message: `${key} ${value}`, level: 'info' } };
  }
}

function nextOf(queues: readonly string[][]): string | undefined {
  return queues.find((queue) => queue.length > 0)?.shift();
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
  totals.set(key, (totals.get(key) ?? 0) + Number(match[2]));
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
