import type { StreamName } from '@samtal/contract/conversations/streams';
import { sealShown } from '@samtal/contract/session-data/sealing';
import type { Shown } from '../frame.ts';

/** Shown again no sooner than this: a page may call as often as it likes. */
const everyMs = 1_000;

interface ShowingOptions {
  readonly shown: Shown;
  /** Asks for the key of the agent who has the conversation. */
  ask(stream: StreamName): void;
  send(stream: StreamName, sealed: { key: string; sealed: string }): void;
}

/**
 * What the page shows the agent (E9), in memory only: sealed anew for each agent's browser that announces a key. A page that
 * shows nothing sends nothing.
 */
export class Showing {
  readonly #options: ShowingOptions;
  #stream: StreamName | null = null;
  #key: string | null = null;
  #sentAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ShowingOptions) {
    this.#options = options;
  }

  /** The conversation is followed: now, or again. */
  begin(stream: StreamName): void {
    this.#stream = stream;
    this.#key = null;
    if (this.#options.shown.values !== null) this.#options.ask(stream);
  }

  /** The conversation is left: nothing is sent any more. */
  end(): void {
    this.#stream = this.#key = null;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The conversation is over: what was meant for it is forgotten. */
  forget(): void {
    this.end();
    this.#options.shown.values = null;
  }

  /** An agent's browser can open from now on what is sealed to this. */
  useKey(stream: StreamName, key: string): void {
    if (stream !== this.#stream) return;
    this.#key = key;
    this.#sendSoon();
  }

  /** The page shows something else. */
  change(): void {
    if (this.#key !== null) this.#sendSoon();
    else if (this.#stream !== null) this.#options.ask(this.#stream);
  }

  #sendSoon(): void {
    const waitMs = Math.max(0, this.#sentAt + everyMs - Date.now());
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, waitMs);
  }

  async #send(): Promise<void> {
    const stream = this.#stream;
    const key = this.#key;
    const { values } = this.#options.shown;
    if (stream === null || key === null || values === null) return;
    this.#sentAt = Date.now();
    try {
      const sealed = await sealShown(key, stream, values);
      if (stream === this.#stream && key === this.#key) this.#options.send(stream, { key, sealed });
    } catch {
      // The key was none. Whoever announced it opens nothing.
      if (key === this.#key) this.#key = null;
    }
  }
}
