import type { Finding } from '../features/self-check/index.ts';
import { catalogueOf } from '../platform/words/index.ts';
import { printable } from './table.ts';

/** A setting that is weaker than its default. */
export interface Weaker {
  readonly key: string;
  readonly value: unknown;
  readonly usual: unknown;
  /** The account or the channel; null for the installation. */
  readonly of: string | null;
}

/** What the self-check has found, for people: what, why, and what to do. */
export function findingsText(findings: readonly Finding[], weaker: readonly Weaker[]): string {
  if (findings.length === 0 && weaker.length === 0)
    return 'Nothing weakens this installation that the self-check knows of.';
  const texts = catalogueOf('en');
  const whyOf = (key: string) =>
    texts[`setting.${key}-weaker`] ?? texts[`setting.${key}-says`] ?? 'It protects less than its default.';
  const serious = findings.filter(({ level }) => level === 'serious').length;
  return [
    ...findings.map(({ level, what, why, todo }) =>
      paragraph(level === 'serious' ? 'SERIOUS' : 'NOTICE', { what, why, todo }),
    ),
    ...weaker.map((each) =>
      paragraph('WEAKER', { what: whatOf(each), why: whyOf(each.key), todo: todoOf(each) }),
    ),
    '',
    `${serious} serious, ${findings.length - serious + weaker.length} to know of.`,
  ].join('\n');
}

function paragraph(word: string, { what, why, todo }: { what: string; why: string; todo: string }): string {
  // Advisories are somebody else's words.
  return `${word.padEnd(9)}${printable(what)}\n    why  ${printable(why)}\n    do   ${printable(todo)}`;
}

function whatOf({ key, value, usual, of }: Weaker): string {
  const whose = of === null ? 'the installation' : printable(of);
  return `${key} of ${whose} is ${printable(JSON.stringify(value))}; usual is ${JSON.stringify(usual)}`;
}

function todoOf({ key, of }: Weaker): string {
  return of === null
    ? `samtal settings unset --key ${key}, or keep it knowingly.`
    : 'An administrator changes it in the console, or keeps it knowingly.';
}
