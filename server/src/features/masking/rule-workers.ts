import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Masked, MaskingConfiguration } from '@samtal/contract/masking';
import type { RuleTask } from './rule-worker.ts';

/**
 * A thread that has not answered by then is in a search that cannot be stopped, and is ended with it. Long enough for a
 * machine that has other things to do: the deadline of rules counts the thread's own processor time.
 */
const patienceMs = 2_000;

interface Waiting extends RuleTask {
  readonly account: string;
  readonly resolve: (masked: Masked | null) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Threads in which rules of accounts run, away from the one that serves everybody. An account has one of them at a time, so
 * that a slow rule delays its own account only; texts of an account are masked in their order.
 */
export class RuleWorkers {
  readonly #threads: Thread[];
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #busy = new Set<string>();

  /** Two threads: one account with a slow rule leaves one for all others. */
  constructor({ count = 2, killMs = patienceMs }: { count?: number; killMs?: number } = {}) {
    this.#threads = Array.from({ length: count }, () => new Thread(killMs));
  }

  /** Null when the rules had to be stopped by force or cannot be used, so that nothing is known about the text. */
  async mask(account: string, configuration: MaskingConfiguration, text: string): Promise<Masked | null> {
    const key = createHash('sha256').update(JSON.stringify(configuration)).digest('base64');
    return await new Promise((resolve, reject) => {
      const line = this.#waiting.get(account) ?? [];
      line.push({ account, key, configuration, text, resolve, reject });
      this.#waiting.set(account, line);
      this.#giveOut();
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(async (thread) => await thread.end()));
  }

  #giveOut(): void {
    for (const thread of this.#threads) {
      if (thread.taken) continue;
      const next = this.#next();
      if (next === null) return;
      this.#busy.add(next.account);
      thread
        .run(next)
        .then(next.resolve, next.reject)
        .finally(() => {
          this.#busy.delete(next.account);
          this.#giveOut();
        });
    }
  }

  /** Of the account that has waited longest since its last turn. */
  #next(): Waiting | null {
    for (const [account, line] of this.#waiting) {
      if (this.#busy.has(account)) continue;
      const next = line.shift();
      this.#waiting.delete(account);
      if (line.length > 0) this.#waiting.set(account, line);
      if (next !== undefined) return next;
    }
    return null;
  }
}

/** One thread; it is started when it is first needed, and again after it had to be ended. */
class Thread {
  taken = false;
  readonly #killMs: number;
  #worker: Promise<Worker> | null = null;

  constructor(killMs: number) {
    this.#killMs = killMs;
  }

  async run({ key, configuration, text }: RuleTask): Promise<Masked | null> {
    this.taken = true;
    try {
      this.#worker ??= begun();
      const worker = await this.#worker;
      const masked = await answered(worker, { key, configuration, text }, this.#killMs);
      if (masked === null) await this.end();
      return masked;
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
    await (await worker?.catch(() => null))?.terminate();
  }
}

async function begun(): Promise<Worker> {
  const worker = new Worker(new URL('./rule-worker.ts', import.meta.url));
  worker.unref();
  await nextMessage(worker, null);
  return worker;
}

async function answered(worker: Worker, task: RuleTask, killMs: number): Promise<Masked | null> {
  worker.postMessage(task);
  return (await nextMessage(worker, killMs)) as Masked | null;
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
