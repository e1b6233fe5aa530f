import { unfinishedNumber } from '@samtal/contract/masking';

/** Two messages further apart are not one number. */
const rememberedMs = 120_000;
const keptWriters = 10_000;

/** A masked message, and what may be read of it for some time. */
interface Masked {
  readonly text: string;
  readonly original: { readonly text: string } | null;
}

/**
 * What writers left unfinished at the end of their last message: a few digits each, in the memory of this node alone and for
 * two minutes. Messages of one writer are masked in their turn, because each may finish the one before.
 */
export class UnfinishedNumbers {
  readonly #known = new Map<string, { readonly until: number; readonly number: Promise<string> }>();

  /** Masks a message of a writer, given what the one before left unfinished. */
  async inTurn<Text extends Masked>(
    writer: string,
    mask: (unfinished: string) => Promise<Text>,
  ): Promise<Text> {
    const known = this.#known.get(writer);
    const before = known !== undefined && known.until > Date.now() ? known.number : Promise.resolve('');
    const masked = before.then(mask);
    const number = Promise.all([masked, before]).then(
      // What may be read for some time counts as well.
      ([{ text, original }, unfinished]) => unfinishedNumber(original?.text ?? text, unfinished),
      () => '',
    );
    this.#known.delete(writer);
    this.#dropOld();
    this.#known.set(writer, { until: Date.now() + rememberedMs, number });
    void number.then((left) => {
      if (left === '' && this.#known.get(writer)?.number === number) this.#known.delete(writer);
    });
    return await masked;
  }

  /** The map is in the order of time. */
  #dropOld(): void {
    for (const [writer, { until }] of this.#known) {
      if (until > Date.now() && this.#known.size < keptWriters) return;
      this.#known.delete(writer);
    }
  }
}
