import type { Database } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { sealOutbox } from './seal.ts';

const idleMs = 1_000;

/** Seals what actions recorded, within about a second. Every node tries; one at a time succeeds. */
export class AuditSealer {
  readonly #database: Database;
  readonly #key: Buffer;
  readonly #log: Log;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor({ database, key, log }: { database: Database; key: Buffer; log: Log }) {
    this.#database = database;
    this.#key = key;
    this.#log = log;
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#round = this.#seal().finally(() => {
        if (!this.#stopped) this.start();
      });
    }, idleMs);
  }

  /** Seals what is left, and ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
    await this.#seal();
  }

  async #seal(): Promise<void> {
    try {
      let sealed: number;
      do {
        sealed = await this.#database.transaction('platform', async (tx) => await sealOutbox(tx, this.#key));
      } while (sealed > 0 && !this.#stopped);
    } catch (error) {
      // What is in the outbox stays there: the next round takes it.
      this.#log.warn('audit-not-sealed', {}, error);
    }
  }
}
