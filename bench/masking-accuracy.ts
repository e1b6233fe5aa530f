import { compileMasking, detectorKinds, type DetectorKind } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { makeCorpus } from '../contract/src/masking/corpus/corpus.ts';
import { Random } from '../contract/src/masking/corpus/random.ts';
import { scoreOf } from '../contract/test/masking-score.ts';
import { runFromCommandLine } from './command-line.ts';
import type { Benchmark, Finding } from './findings.ts';

/** Precision and recall of each detector on the labelled corpus, and how often random numbers are masked. */
export const maskingAccuracy: Benchmark = { name: 'masking-accuracy', run: measureAccuracy };

const percent = (share: number) => `${(share * 100).toFixed(2)} %`;

async function measureAccuracy(): Promise<Finding[]> {
  const samples = makeCorpus({ seed: 1, perKind: 150 });
  const { detectors, untouchedNegatives, precision } = scoreOf(samples);
  const negatives = samples.filter(({ labels }) => labels.length === 0).length;
  return [
    ...detectors.map(({ kind, labels, recall, precision: own }) => ({
      what: `${kind}: recall and precision`,
      measured: `${percent(recall)}, ${percent(own)}`,
      target: kind === 'card' ? 'recall ≥ 99.9 %' : 'recall ≥ 99 %',
      met: recall >= (kind === 'card' ? 0.999 : 0.99),
      from: `${labels} labels in ${samples.length} texts`,
    })),
    {
      what: 'all detectors: hard negatives left untouched, and precision',
      measured: `${percent(untouchedNegatives)}, ${percent(precision)}`,
      target: '≥ 97 %',
      met: untouchedNegatives >= 0.97 && precision >= 0.97,
      from: `${negatives} hard negatives`,
    },
    ...randomNumbers(),
  ];
}

/** Random numbers, alone in a text: the price of every check digit. */
function randomNumbers(): Finding[] {
  const random = new Random(2);
  const count = 50_000;
  const masking = (detectors: readonly DetectorKind[]) =>
    compileMasking(
      { detectors: [...detectors], alsoNetworks: [], phoneCountries: [], rules: [], digits: null },
      { patterns: linearPatterns, isPhoneNumber, now: () => 0 },
    );
  const cards = masking(['card']);
  const all = masking(detectorKinds);
  return [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20].map((length) => {
    const numbers = Array.from({ length: count }, () => random.written(`N${'9'.repeat(length - 1)}`));
    const share = (masker: typeof all) =>
      numbers.filter((number) => masker.mask(number).spans.length > 0).length / count;
    return {
      what: `random numbers of ${length} digits that are masked: as cards, by any detector`,
      measured: `${percent(share(cards))}, ${percent(share(all))}`,
      target: null,
      met: null,
      from: `${count} numbers`,
    };
  });
}

if (import.meta.main) await runFromCommandLine([maskingAccuracy]);
