/** Waiting that is cut short when there is reason to hope: the network is back, or the page is shown again. */
export class Pause {
  #waiting = new Set<() => void>();

  wake(): void {
    for (const go of this.#waiting) go();
  }

  /** Before the n-th repetition: longer each time, up to ten seconds, never in step with others. */
  beforeRetry(failures: number): Promise<void> {
    return this.for(Math.min(10_000, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
  }

  for(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(go);
        resolve();
      };
      const timer = setTimeout(go, ms);
      this.#waiting.add(go);
    });
  }
}
