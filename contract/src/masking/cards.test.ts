import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskingOf } from '../../test/masking.ts';
import { cardRanges, networkOf } from './card-ranges.ts';
import { optionalNetworks } from './configuration.ts';

const cards = maskingOf({ detectors: ['card'] });

/** A number of the length that begins so and passes Luhn's check. */
function cardNumber(prefix: number | string, length: number): string {
  const body = String(prefix).padEnd(length - 1, '0');
  const sum = [...body].toReversed().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return `${body}${(10 - (sum % 10)) % 10}`;
}

describe('card masking', () => {
  it('attack 68: keeps the last four digits and the form, however the digits are written and separated', () => {
    for (const [written, masked] of [
      ['4111111111111111', '************1111'],
      ['4111 1111 1111 1111', '**** **** **** 1111'],
      ['4111-1111-1111-1111', '****-****-****-1111'],
      ['4111.1111.1111.1111', '****.****.****.1111'],
      ['4111  1111 - 1111 1111', '****  **** - **** 1111'],
      ['4111\u00a01111\u00a01111\u00a01111', '****\u00a0****\u00a0****\u00a01111'],
      ['4111\u20111111\u20131111\u20141111', '****\u2011****\u2013****\u20141111'],
      ['4111\u200b1111\u00ad1111\ufeff1111', '************1111'],
      ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '* * * * * * * * * * * * 1 1 1 1'],
      ['４１１１１１１１１１１１１１１１', '************１１１１'],
      ['٤١١١١١١١١١١١١١١١', '************١١١١'],
      ['𝟺𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷𝟷', '************𝟷𝟷𝟷𝟷'],
      ['①④', null],
      ['4\ufe0f\u20e3111 1111 1111 1111', '**** **** **** 1111'],
      ['3714 496353 98431', '**** ****** *8431'],
      ['https://pay.example/?pan=4111111111111111&x=1', 'https://pay.example/?pan=************1111&x=1'],
      ['{"card":"4111111111111111"}', '{"card":"************1111"}'],
      ['<img alt="card4111111111111111.png">', '<img alt="card************1111.png">'],
      ['kort 4111111111111111, giltigt till 12/29', 'kort ************1111, giltigt till 12/29'],
    ] as const) {
      const { text, found } = cards.mask(written);
      assert.equal(text, masked ?? written);
      assert.deepEqual(found, masked === null ? {} : { card: 1 });
    }
  });

  it('covers every network of the promise at every length it has', () => {
    for (const [network, first, last, lengths] of cardRanges.ranges) {
      if (optionalNetworks.some((optional) => optional === network)) continue;
      for (const length of lengths) {
        for (const prefix of [first, last]) {
          const written = cardNumber(prefix, length);
          if (networkOf(written) !== network) continue;
          assert.equal(
            cards.mask(`x ${written} y`).text,
            `x ${'*'.repeat(length - 4)}${written.slice(-4)} y`,
            network,
          );
        }
      }
    }
  });

  it('attack 69: leaves alone the networks outside its promise, also where their ranges lie inside others', () => {
    for (const network of optionalNetworks) {
      const extended = maskingOf({ detectors: ['card'], alsoNetworks: [network] });
      const ranges = cardRanges.ranges.filter(([name]) => name === network);
      assert.ok(ranges.length > 0);
      for (const [, first, last, lengths] of ranges) {
        for (const prefix of [first, last]) {
          const written = cardNumber(prefix, lengths.includes(16) ? 16 : (lengths[0] ?? 0));
          if (networkOf(written) !== network) continue;
          assert.equal(cards.mask(written).text, written, `${network} ${prefix}`);
          assert.notEqual(extended.mask(written).text, written, `${network} ${prefix}`);
        }
      }
    }
    for (const elo of ['4011780000000000', '4389350000000000']) assert.equal(networkOf(elo), 'elo');
    assert.equal(networkOf('6521500000000000'), 'rupay');
    assert.equal(networkOf('6221260000000000'), 'unionpay');
    assert.equal(networkOf('6500020000000000'), 'verve');
  });

  it('attack 69: leaves alone what is no card: a wrong check digit, times in milliseconds, and numbers that are longer', () => {
    for (const text of [
      '4111111111111112',
      '1761234567890',
      '2026-11-25T16:20:25.123Z',
      '41111111111111111111',
      '9999 9999 9999 9999',
      '4111 1111 1111',
      '4111    1111    1111    1111',
      'från 4111 till 1111 och 1111 samt 1111',
    ]) {
      assert.equal(cards.mask(text).text, text);
    }
  });

  it('finds each of several cards', () => {
    const { text, found } = cards.mask('4111111111111111 5555555555554444,378282246310005');
    assert.equal(text, '************1111 ************4444,***********0005');
    assert.deepEqual(found, { card: 3 });
  });
});
