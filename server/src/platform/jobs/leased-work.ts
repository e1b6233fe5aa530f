import { setTimeout as sleep } from 'node:timers/promises';

const idleMs = 1_000;
const stopMs = 3_000;
const atOnce = 4;

export interface LeasedWorkParts<Item> {
  /** Takes the lease of something that is due and that nobody else has; null when there is none. */
  readonly claim: () => Promise<Item | null>;
  /** Does what is due. Never throws. */
  readonly tend: (item: Item) => Promise<void>;
  /** Told when nothing could be claimed, since the database was disturbed: the next round tries again. */
  readonly disturbed: (error: unknown) => void;
}

/** Takes up what is due, by leases, so that one node at a time is at each: looks once a second, and does four at once. */
export class LeasedWork<Item> {
  readonly #parts: LeasedWorkParts<Item>;
  readonly #running = new Set<Promise<void>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: LeasedWorkParts<Item>) {
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#begin().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, idleMs);
  }

  /** Takes up nothing more, and ends when what is under way is done, or soon: then its lease runs out and it is done again. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await Promise.race([Promise.all(this.#running), sleep(stopMs, undefined, { ref: false })]);
  }

  async #begin(): Promise<void> {
    try {
      while (this.#running.size < atOnce && !this.#stopped) {
        const item = await this.#parts.claim();
        if (item === null) return;
        const work = this.#parts.tend(item);
        this.#running.add(work);
        void work.finally(() => this.#running.delete(work));
      }
    } catch (error) {
      this.#parts.disturbed(error);
    }
  }
}
