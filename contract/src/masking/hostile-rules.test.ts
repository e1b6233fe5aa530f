import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskingOf } from '../../test/masking.ts';
import { ruleLimits, UnfitRule } from './index.ts';

/** Catastrophic for engines that backtrack, or in finding all matches for every engine, or as a program. */
const hostile = [
  '(a+)+$',
  '(a*)*b',
  '(a|a)*$',
  '(a|aa)+$',
  '^(a|a)*$',
  '(.*a){12}$',
  '(.*a){25}',
  '([a-z]+)*!',
  '(\\w+\\s?)+$',
  '((a+)*)*c',
  '(x+x+)+y',
  '(?:a?){100}a{100}',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '(\\d+)*[^\\d]$',
  '([^b]*b)*c',
  '[^b]*b|a',
  '.*?,(.*?),(.*?),x|a',
  '(a{1000}){100}',
  '(?:(?:a{1,1000}){1,1000}){1,1000}',
  '[\\p{L}\\p{N}]{1000}{2}',
  '((((a{10}){10}){10}){10}){10}',
  '(?i)[a-z]{500}[a-z]{500}[a-z]{500}[a-z]{500}!',
  '(a|b|c|d|e)*f{900}',
  '(.|\\n)*x',
];

const texts = ['a', 'ab', 'x', 'a ', 'aB!', '1a'].map((unit) =>
  unit.repeat(ruleLimits.textLength).slice(0, ruleLimits.textLength),
);

describe('hostile rules', () => {
  it('attack 67: are refused, or end near the deadline with every digit masked', () => {
    let [refused, late] = [0, 0];
    for (const pattern of hostile) {
      const rule = {
        id: 'r',
        name: 'r',
        pattern,
        ignoreCase: false,
        action: 'mask',
        keep: 0,
        enabled: true,
      } as const;
      let masking;
      try {
        masking = maskingOf({ rules: [rule] }, () => performance.now());
      } catch (error) {
        assert.ok(error instanceof UnfitRule);
        refused += 1;
        continue;
      }
      for (const text of texts) {
        const masked = masking.mask(`${text} 4711`.slice(-ruleLimits.textLength));
        if (masked.failedClosedAt === null) continue;
        late += 1;
        assert.equal(masked.failedClosedAt, 'r');
        assert.doesNotMatch(masked.text, /\d/);
      }
    }
    assert.ok(refused >= 4, `${refused} refused`);
    assert.ok(late > 0, 'finding all matches of [^b]*b|a takes quadratic time');
  });

  it('attack 67: do not go on after the deadline: the clock is asked before each search', () => {
    let asked = 0;
    const rule = {
      id: 'r',
      name: 'r',
      pattern: '[^b]*b|a',
      ignoreCase: false,
      action: 'mask',
      keep: 0,
      enabled: true,
    } as const;
    const masking = maskingOf({ rules: [rule] }, () => (asked += 10));
    assert.equal(masking.mask('a'.repeat(5_000)).failedClosedAt, 'r');
    assert.ok(asked <= 10 * (ruleLimits.deadlineMs / 10 + 3), `${asked / 10} times`);
  });
});
