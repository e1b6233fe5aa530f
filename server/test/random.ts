import { randomInt } from 'node:crypto';
import type { TestContext } from 'node:test';

/** Chances that come out the same for the same seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  oneOf<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error('There is nothing to choose from');
    return choice;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, at: this.next() }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ item }) => item);
  }
}

/** Chances for one test. The seed is told with the result; `SAMTAL_TEST_SEED` brings the same ones again. */
export function seeded(t: Pick<TestContext, 'diagnostic'>): Random {
  const seed = Number(process.env['SAMTAL_TEST_SEED'] ?? randomInt(2 ** 32));
  t.diagnostic(`SAMTAL_TEST_SEED=${seed}`);
  return new Random(seed);
}
