import { compileMasking, detectorKinds, type DetectorKind } from '../src/masking/index.ts';
import { linearPatterns } from '../src/masking/patterns.ts';
import { isPhoneNumber } from '../src/masking/phone-numbers.ts';
import type { Sample } from '../src/masking/corpus/corpus.ts';

/** How one detector did. Precision counts what is masked and is nobody's secret of any kind. */
export interface Score {
  readonly kind: DetectorKind;
  readonly labels: number;
  readonly recall: number;
  readonly precision: number;
}

export interface Scores {
  readonly detectors: readonly Score[];
  /** Texts without anything secret that came out untouched with every detector on, of all such texts. */
  readonly untouchedNegatives: number;
  /** Masked secrets of all that was masked, with every detector on, in as many secrets as hard negatives. */
  readonly precision: number;
  /** What was missed or masked wrongly, to look at. Synthetic, so that it may be printed. */
  readonly missed: readonly string[];
  readonly wrong: readonly string[];
}

/** Masks every sample by each detector alone, and by all together, as an account in the sample's country would have them. */
export function scoreOf(samples: readonly Sample[]): Scores {
  const missed: string[] = [];
  const wrong: string[] = [];
  const detectors = detectorKinds.map((kind) => {
    let [labels, found, right, spans] = [0, 0, 0, 0];
    for (const sample of samples) {
      const masked = maskerFor([kind], sample.country).mask(sample.text);
      const own = sample.labels.filter((label) => label.kind === kind);
      labels += own.length;
      for (const label of own) {
        if (masked.spans.some(({ start, end }) => start <= label.start && end >= label.end)) found += 1;
        else missed.push(`${kind}: ${sample.text}`);
      }
      for (const { start, end } of masked.spans) {
        const secret = sample.labels.some((label) => start < label.end && end > label.start);
        spans += 1;
        if (secret) right += 1;
        else wrong.push(`${kind}: ${sample.text}`);
      }
    }
    return { kind, labels, recall: found / labels, precision: spans === 0 ? 1 : right / spans };
  });
  return { detectors, ...together(samples), missed, wrong };
}

function together(samples: readonly Sample[]) {
  let [negatives, untouched, spans, right] = [0, 0, 0, 0];
  for (const sample of samples) {
    const masked = maskerFor(detectorKinds, sample.country).mask(sample.text);
    spans += masked.spans.length;
    if (sample.labels.length > 0) right += masked.spans.length;
    else negatives += 1;
    if (sample.labels.length === 0 && masked.spans.length === 0) untouched += 1;
  }
  return { untouchedNegatives: untouched / negatives, precision: right / spans };
}

const maskers = new Map<string, ReturnType<typeof compileMasking>>();

function maskerFor(detectors: readonly DetectorKind[], country: string) {
  const key = `${detectors.join()} ${country}`;
  const known = maskers.get(key);
  if (known !== undefined) return known;
  const masker = compileMasking(
    { detectors: [...detectors], alsoNetworks: [], phoneCountries: [country], rules: [], digits: null },
    { patterns: linearPatterns, isPhoneNumber, now: () => 0 },
  );
  maskers.set(key, masker);
  return masker;
}
