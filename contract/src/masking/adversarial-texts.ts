import { maxTextLength } from '../conversations/streams.ts';
import type { AccountRule } from './configuration.ts';

const everyday = ['a', '1', ' ', '-', 'aA', '1 ', 'ab1 ', 'å', '1234-', 'a@b.c ', '\n', '\u{1f600}'];

/**
 * Texts of the longest length that make a rule's search as slow as it gets: runs of what the pattern itself mentions, alone
 * and in pairs, with an end that does not fit. A rule that is slow on one of them is not published.
 */
export function adversarialTexts({ pattern }: Pick<AccountRule, 'pattern'>): string[] {
  const mentioned = [
    ...new Set(pattern.replace(/\\[pP]\{[^}]*\}|\\./g, '').match(/[\p{L}\p{N}\s@:;,!"%&/=<>_-]/gu) ?? []),
  ];
  const units = [...everyday, ...mentioned.slice(0, 12)];
  const pairs = mentioned
    .slice(0, 8)
    .flatMap((first) => ['a', '1', ...mentioned.slice(0, 4)].map((second) => first + second));
  return [...new Set([...units, ...pairs])]
    .map((unit) => unit.repeat(Math.ceil(maxTextLength / unit.length)).slice(0, maxTextLength - 1))
    .flatMap((text) => [text, `${text}\u0000`]);
}
