import { readFileSync } from 'node:fs';
import { passwordLength } from '@samtal/contract/signin';

/**
 * Words that people build passwords on, a line each. It is a short list of our own, not one of the large collections
 * of leaked passwords: what it stands for is refused with any digits and signs after it, and however often repeated.
 */
const commonWords: ReadonlySet<string> = new Set(
  readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#')),
);

/** Keys and letters in the order in which fingers find them. */
const runs = [
  'abcdefghijklmnopqrstuvwxyz',
  'abcdefghijklmnopqrstuvwxyzåäö',
  '0123456789',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiopåasdfghjklöäzxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p',
];

/** What is known of a person whose password it would be. */
export interface PasswordOwner {
  readonly email: string;
  readonly name: string;
  readonly accountNames: readonly string[];
  /** Characters; what the strictest of the accounts demands. */
  readonly minLength: number;
}

export type PasswordProblem = 'length' | 'not-text' | 'common' | 'personal';

/**
 * Why a password cannot be taken, or null. Length and guessability alone count (ASVS 6.2): there are no rules about
 * which kinds of characters it must hold.
 */
export function passwordProblem(password: string, owner: PasswordOwner): PasswordProblem | null {
  // Characters, as the contract counts them, not UTF-16 units.
  const length = Array.from(password).length;
  if (length < Math.max(owner.minLength, passwordLength.min) || length > passwordLength.max) return 'length';
  if (!password.isWellFormed()) return 'not-text';
  const folded = password.toLowerCase();
  const stem = stemOf(folded);
  if (isCommon(folded) || isCommon(stem)) return 'common';
  if (wordsOf(owner).some((word) => word === folded || word === stem)) return 'personal';
  return null;
}

function isCommon(folded: string): boolean {
  const unit = repeatedUnit(folded);
  const isPattern = unit.length < 4 && unit.length < folded.length;
  return isPattern || commonWords.has(unit) || commonWords.has(stemOf(unit)) || isRun(unit);
}

/** Without the digits and signs that people put before and after a word to satisfy rules. */
function stemOf(folded: string): string {
  const stem = folded.replace(/^[\d\p{P}\p{S}\s]+|[\d\p{P}\p{S}\s]+$/gu, '');
  return stem === '' ? folded : stem;
}

/** The shortest beginning that makes up the whole when repeated, the last time perhaps in part. */
function repeatedUnit(text: string): string {
  for (let size = 1; size <= text.length / 2; size += 1) {
    const unit = text.slice(0, size);
    if (unit.repeat(Math.ceil(text.length / size)).startsWith(text)) return unit;
  }
  return text;
}

function isRun(text: string): boolean {
  const backwards = Array.from(text).toReversed().join('');
  return runs.some((run) => [text, backwards].some((way) => run.repeat(3).includes(way)));
}

function wordsOf({ email, name, accountNames }: PasswordOwner): string[] {
  const words = [email, email.split('@')[0] ?? '', name, ...accountNames].map((word) =>
    word.toLowerCase().trim(),
  );
  return [...words, ...words.map((word) => word.replaceAll(/\s+/g, ''))].filter((word) => word !== '');
}
