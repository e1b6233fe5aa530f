import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileMasking, detectorKinds } from '@samtal/contract/masking';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { detectorExamples } from './detector-examples.ts';

test('each example is found by the detector that it stands for', () => {
  for (const kind of detectorKinds) {
    const masking = compileMasking(
      { detectors: [kind], alsoNetworks: [], phoneCountries: [], rules: [], digits: null },
      { patterns: null, isPhoneNumber, now: () => 0 },
    );
    const example = detectorExamples[kind];
    const [span] = masking.mask(example).spans;
    assert.deepEqual([span?.start, span?.end], [0, example.length], kind);
  }
});
