/** Says that someone writes at most this often. */
export const sayAgainMs = 3_000;
/** Someone who has not touched a key for this long has stopped. */
export const pauseMs = 5_000;
/** Who was said to write and has not been for this long has stopped; the word for it may be lost. */
export const forgetMs = 8_000;

/** Turns key strokes into few typing frames. */
export class TypingSignal {
  readonly #say: (on: boolean) => void;
  #saidAt: number | null = null;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(say: (on: boolean) => void) {
    this.#say = say;
  }

  typed(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), pauseMs);
    const now = Date.now();
    if (this.#saidAt !== null && now - this.#saidAt < sayAgainMs) return;
    this.#saidAt = now;
    this.#say(true);
  }

  /** Sent, emptied, or left alone. Says nothing when nothing was said before. */
  stop(): void {
    clearTimeout(this.#pause);
    if (this.#saidAt === null) return;
    this.#saidAt = null;
    this.#say(false);
  }
}
