import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { maskingOf } from '../../test/masking.ts';
import { splitKinds, unfinishedNumber, withoutFinish } from './split-numbers.ts';

const checked = maskingOf({ detectors: [...splitKinds] });

/** What is kept of messages that one writer posts one after the other. */
function kept(messages: readonly string[]): string[] {
  let unfinished = '';
  return messages.map((message) => {
    const { text } = checked.mask(withoutFinish(checked, unfinished, message));
    unfinished = unfinishedNumber(text, unfinished);
    return text;
  });
}

describe('a number over several messages', () => {
  it('attack 68: is masked from the message on that makes it whole', () => {
    for (const [said, masked] of [
      [
        ['4111 1111', '1111 1111'],
        ['4111 1111', '**** ****'],
      ],
      [
        ['my card: 4111 1111', '1111-1111 is the rest'],
        ['my card: 4111 1111', '****-**** is the rest'],
      ],
      [
        ['4111', '1111', '1111', '1111'],
        ['4111', '1111', '1111', '****'],
      ],
      [
        ['4111111111', ' 111111.'],
        ['4111111111', ' ******.'],
      ],
      [
        ['４１１１ １１１１', '1111\u200b 1111'],
        ['４１１１ １１１１', '****\u200b ****'],
      ],
      [
        ['jag är 811218', '9876 alltså'],
        ['jag är 811218', '**** alltså'],
      ],
      [
        ['811218', '-9876'],
        ['811218', '-****'],
      ],
      [
        ['440514', '01359'],
        ['440514', '*****'],
      ],
    ] as const) {
      assert.deepEqual(kept(said), masked, said.join(' | '));
    }
  });

  it('is nothing where the digits make none, or something stands between them', () => {
    for (const said of [
      ['4111 1111', '1111 1112'],
      ['4111 1111', 'and', '1111 1111'],
      ['4111 1111', 'rest 1111 1111'],
      ['ref4111 1111', 'x1111 1111'],
      ['at 10:30', '12 people'],
      ['order 2026-118', '223 pieces'],
      ['12345678901234567890', '1111'],
    ]) {
      assert.deepEqual(kept(said), said, said.join(' | '));
    }
  });

  it('is not looked for beyond one that was masked already', () => {
    assert.deepEqual(kept(['4111 1111 1111 1111', '1111 1111']), ['**** **** **** 1111', '1111 1111']);
  });
});
