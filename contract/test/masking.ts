import { compileMasking, type Masking, type MaskingConfiguration } from '../src/masking/index.ts';
import { linearPatterns } from '../src/masking/patterns.ts';
import { isPhoneNumber } from '../src/masking/phone-numbers.ts';

/** A masker with everything off but what is given, and a clock that stands still unless one is given. */
export function maskingOf(
  configuration: Partial<MaskingConfiguration>,
  now: () => number = () => 0,
): Masking {
  return compileMasking(
    { detectors: [], alsoNetworks: [], phoneCountries: [], rules: [], digits: null, ...configuration },
    { patterns: linearPatterns, isPhoneNumber, now },
  );
}
