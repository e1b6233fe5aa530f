import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Masked, MaskingConfiguration } from '@samtal/contract/masking';
import { KnownConfigurations } from './known-configurations.ts';
import type { RuleAnswer, RuleTask } from './rule-worker.ts';

/**
 * A thread that has not answered by then is in a search that cannot be stopped, and is ended with it. Long enough for a
 * machine that has other things to do: the deadline of rules counts the thread's own processor time.
 */
const patienceMs = 2_000;

/** Texts that go into a thread together: waking it costs more than masking one. */
const mostTogether = 64;

interface Waiting {
  readonly account: string;
  readonly key: string;
  readonly configuration: MaskingConfiguration;
  readonly text: string;
  /** Whether it goes into a thread by itself. */
  readonly isAlone: boolean;
  readonly resolve: (masked: Masked | null) => void;
  readonly reject: (error: unknown) => void;
}
type Batch = readonly [Waiting, ...Waiting[]];

/**
 * Threads in which rules of accounts run, away from the one that serves everybody. An account has one of them at a time, so
 * that a slow rule delays its own account only; texts of an account are masked in their order.
 */
export class RuleWorkers {
  readonly #threads: Thread[];
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #busy = new Set<string>();
  readonly #keys = new WeakMap<MaskingConfiguration, string>();

  /** Two threads: one account with a slow rule leaves one for all others. */
  constructor({ count = 2, killMs = patienceMs }: { count?: number; killMs?: number } = {}) {
    this.#threads = Array.from({ length: count }, () => new Thread(killMs));
  }

  /** Null when the rules had to be stopped by force or cannot be used, so that nothing is known about the text. */
  async mask(account: string, configuration: MaskingConfiguration, text: string): Promise<Masked | null> {
    const key = this.#keyOf(configuration);
    return await new Promise((resolve, reject) => {
      const line = this.#waiting.get(account) ?? [];
      line.push({ account, key, configuration, text, isAlone: false, resolve, reject });
      this.#waiting.set(account, line);
      this.#giveOut();
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => await thread.end()));
  }

  #keyOf(configuration: MaskingConfiguration): string {
    const known = this.#keys.get(configuration);
    if (known !== undefined) return known;
    const key = createHash('sha256').update(JSON.stringify(configuration)).digest('base64');
    this.#keys.set(configuration, key);
    return key;
  }

  #giveOut(): void {
    for (const thread of this.#threads) {
      if (thread.taken) continue;
      const batch = this.#next();
      if (batch === null) return;
      const [{ account }] = batch;
      this.#busy.add(account);
      thread
        .run(batch)
        .then(
          (answer) => this.#settle(batch, answer),
          (error: unknown) => batch.forEach(({ reject }) => reject(error)),
        )
        .finally(() => {
          this.#busy.delete(account);
          this.#giveOut();
        });
    }
  }

  /** Of the account that has waited longest since its last turn: what stands first in its line and is masked alike. */
  #next(): Batch | null {
    for (const [account, line] of this.#waiting) {
      const [first] = line;
      if (this.#busy.has(account) || first === undefined) continue;
      const isOther = ({ key, isAlone }: Waiting) => isAlone || key !== first.key;
      const end = line.slice(1, mostTogether).findIndex(isOther);
      const count = first.isAlone ? 1 : end === -1 ? mostTogether : end + 1;
      const [, ...others] = line.splice(0, count);
      this.#waiting.delete(account);
      if (line.length > 0) this.#waiting.set(account, line);
      return [first, ...others];
    }
    return null;
  }

  #settle(batch: Batch, answer: RuleAnswer | null): void {
    // Stopped by force: which text it was shows when each goes by itself.
    if (answer === null && batch.length > 1)
      return this.#putBack(batch.map((each) => ({ ...each, isAlone: true })));
    const answered = answer ?? [null];
    this.#putBack(batch.slice(answered.length));
    answered.forEach((masked, index) => batch[index]?.resolve(masked));
  }

  /** To the head of the line of its account. */
  #putBack(rest: readonly Waiting[]): void {
    const [first] = rest;
    if (first !== undefined)
      this.#waiting.set(first.account, [...rest, ...(this.#waiting.get(first.account) ?? [])]);
  }
}

/** One thread; it is started when it is first needed, and again after it had to be ended. */
class Thread {
  taken = false;
  readonly #killMs: number;
  #worker: Promise<Worker> | null = null;
  #known = new KnownConfigurations<true>();

  constructor(killMs: number) {
    this.#killMs = killMs;
  }

  /** Null when it had to be stopped by force. */
  async run(batch: Batch): Promise<RuleAnswer | null> {
    this.taken = true;
    try {
      this.#worker ??= begun();
      const worker = await this.#worker;
      worker.postMessage(this.#taskOf(batch));
      const answer = (await nextMessage(worker, this.#killMs)) as RuleAnswer | null;
      if (answer === null) await this.end();
      return answer;
    } catch (error) {
      await this.end();
      throw error;
    } finally {
      this.taken = false;
    }
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    this.#known = new KnownConfigurations();
    await (await worker?.catch(() => null))?.terminate();
  }

  #taskOf(batch: Batch): RuleTask {
    const [{ key, configuration }] = batch;
    const texts = batch.map(({ text }) => text);
    if (this.#known.has(key)) return { key, configuration: null, texts };
    this.#known.add(key, true);
    return { key, configuration, texts };
  }
}

async function begun(): Promise<Worker> {
  const worker = new Worker(new URL('./rule-worker.ts', import.meta.url));
  worker.unref();
  await nextMessage(worker, null);
  return worker;
}

/** Null when none came in time. */
async function nextMessage(worker: Worker, withinMs: number | null): Promise<unknown> {
  const within = withinMs === null ? null : AbortSignal.timeout(withinMs);
  try {
    const [message] = (await once(worker, 'message', within === null ? {} : { signal: within })) as unknown[];
    return message;
  } catch (error) {
    if (within?.aborted === true) return null;
    throw error;
  }
}
