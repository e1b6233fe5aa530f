import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskingOf } from '../../test/masking.ts';
import { compileMasking, UnfitRule } from './index.ts';
import { ruleLimits, type AccountRule } from './configuration.ts';

const rule = (pattern: string, more: Partial<AccountRule> = {}): AccountRule => ({
  id: 'rule',
  name: 'A rule',
  pattern,
  ignoreCase: false,
  action: 'mask',
  keep: 0,
  enabled: true,
  ...more,
});

describe('masking', () => {
  it('redacts numbers with so many digits or more, and gives the text without that as well', () => {
    const masking = maskingOf({ detectors: ['card'], digits: 4 });
    const masked = masking.mask('Kund 12345, 070-123 45 67, kort 4111 1111 1111 1111, 3 st, rum 204');
    assert.equal(masked.text, 'Kund *****, ***-*** ** **, kort **** **** **** *111, 3 st, rum 204');
    assert.equal(masked.unredacted, 'Kund 12345, 070-123 45 67, kort **** **** **** 1111, 3 st, rum 204');
    assert.deepEqual(masked.found, { digits: 2, card: 1 });
  });

  it('applies the rules of the account: masks, removes, or keeps the last', () => {
    const masking = maskingOf({
      rules: [
        rule(String.raw`secret-\w+`, { id: 'a', ignoreCase: true }),
        rule(String.raw`\bcode \d+`, { id: 'b', action: 'remove' }),
        rule(String.raw`KD\d{6}`, { id: 'c', action: 'keep-last', keep: 2 }),
        rule('.+', { id: 'd', enabled: false }),
      ],
    });
    const { text, found, spans } = masking.mask('My SECRET-Abc, code 1234 and KD123456.');
    assert.equal(text, 'My **********, … and ******56.');
    assert.deepEqual(
      spans.map(({ ruleId, left }) => [ruleId, text.slice(left.start, left.end)]),
      [
        ['a', '**********'],
        ['b', '…'],
        ['c', '******56'],
      ],
    );
    assert.deepEqual(found, { rule: 3 });
  });

  it('lets rules see the folded text', () => {
    const masking = maskingOf({ rules: [rule(String.raw`KD\d{6}`)] });
    assert.equal(masking.mask('ＫＤ１２\u200b３４５６ och').text, '******** och');
  });

  it('gives the longer of two stretches to whoever found it, and masks what is left of the other', () => {
    const masking = maskingOf({
      detectors: ['card'],
      rules: [rule('1111 and.*secrets', { action: 'remove' })],
    });
    const { text, spans } = masking.mask('4111 1111 1111 1111 and the secrets');
    assert.equal(text, '**** **** **** …');
    assert.deepEqual(
      spans.map(({ kind }) => kind),
      ['card', 'rule'],
    );
  });

  it('refuses rules that do not compile or are too large, before they are compiled where that would take long', () => {
    for (const [pattern, reason] of [
      ['(', 'syntax'],
      [String.raw`(a)\1`, 'syntax'],
      ['(?=a)b', 'syntax'],
      ['a'.repeat(ruleLimits.patternLength + 1), 'too-long'],
      ['(a{1000}){100}', 'too-large'],
      ['((a{10}){10}){100}', 'too-large'],
      ['[a-z]{1000}[0-9]{1000}x', 'too-large'],
      ['(?:(?:x{1,1000}){1000})', 'too-large'],
    ] as const) {
      assert.throws(
        () => maskingOf({ rules: [rule(pattern)] }),
        (error) => error instanceof UnfitRule && error.reason === reason && error.ruleId === 'rule',
        pattern,
      );
    }
  });

  it('attack 81: fails closed: when the rules take too long, every digit is masked, and nobody may see them unredacted', () => {
    let time = 0;
    const masking = maskingOf({ rules: [rule('[^b]*b|a', { id: 'slow' })], digits: 4 }, () => (time += 1));
    const masked = masking.mask(`${'a'.repeat(200)} 12 and 4711`);
    assert.equal(masked.failedClosedAt, 'slow');
    assert.match(masked.text, / \*\* and \*\*\*\*$/);
    assert.equal(masked.unredacted, masked.text);
    assert.equal(masked.found.unjudged, 2);
  });

  it('asks for the tools that its configuration needs', () => {
    const without = { patterns: null, isPhoneNumber: null, now: () => 0 };
    const nothing = { detectors: [], alsoNetworks: [], phoneCountries: [], rules: [], digits: null };
    assert.equal(compileMasking(nothing, without).mask('0701234567').text, '0701234567');
    assert.throws(() => compileMasking({ ...nothing, detectors: ['phone'] }, without), /Phone numbers/);
    assert.throws(() => compileMasking({ ...nothing, rules: [rule('a')] }, without), /pattern engine/);
  });
});
