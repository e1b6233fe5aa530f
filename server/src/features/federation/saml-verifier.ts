import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Refusal } from '../../platform/http/index.ts';
import type { MessageTask, Verification, VerificationTask } from './saml-worker.ts';

const deadlineMs = 2_000;
/** A thread loads the library when it begins. */
const beginMs = 20_000;
/** More than these at once are sent away: each could take as long as the deadline. */
const mostWaiting = 20;

/**
 * A thread in which responses, and messages of log-out, are verified, one after the other, away from the one that serves everybody: what XML libraries
 * do with a document that was made for it takes as long as it likes. A thread that has not answered in time is ended.
 */
export class SamlVerifier {
  #worker: Promise<Worker> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Null when it does not verify, or did not in time. Refuses with `unavailable` when too many wait. */
  async verify(task: VerificationTask): Promise<Verification | null> {
    // What our own thread posts.
    return (await this.#inTurn(task)) as Verification | null;
  }

  /** What was signed of a message, in its canonical form; null as above. */
  async signedOf(task: MessageTask): Promise<string | null> {
    return (await this.#inTurn(task)) as string | null;
  }

  async #inTurn(task: VerificationTask | MessageTask): Promise<unknown> {
    if (this.#waiting >= mostWaiting) throw new Refusal('unavailable');
    this.#waiting += 1;
    const turn = this.#last.then(async () => await this.#run(task));
    this.#last = turn.catch(() => null);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await (await worker?.catch(() => null))?.terminate();
  }

  async #run(task: VerificationTask | MessageTask): Promise<unknown> {
    try {
      this.#worker ??= begun();
      const worker = await this.#worker;
      worker.postMessage(task);
      return await nextMessage(worker, deadlineMs);
    } catch (error) {
      await this.stop();
      if (error instanceof Error && error.name === 'AbortError') return null;
      throw error;
    }
  }
}

async function begun(): Promise<Worker> {
  const worker = new Worker(new URL('./saml-worker.ts', import.meta.url));
  worker.unref();
  await nextMessage(worker, beginMs);
  return worker;
}

async function nextMessage(worker: Worker, withinMs: number): Promise<unknown> {
  const [message] = (await once(worker, 'message', { signal: AbortSignal.timeout(withinMs) })) as unknown[];
  return message;
}
