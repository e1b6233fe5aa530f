import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { asvsProblems } from './asvs.ts';
import { attackChapters, type AttackCase, type AttackChapter } from './attack-catalogue.ts';
import { filesBelow, root } from './files.ts';

const path = 'docs/security/attacks.md';
const write = 'write it with: node tools/attacks.ts --write';

/** A test whose title says that it proves some cases. */
export interface AttackTest {
  readonly file: string;
  readonly numbers: readonly number[];
  /** Without the numbers; what is filled in only when it runs is `…`. */
  readonly title: string;
}

/** The tests of a folder that say which cases they prove, by file and in the order in which they stand there. */
export function attackTests(folder: string): AttackTest[] {
  return filesBelow(folder, '**/*.test.ts').flatMap((file) =>
    testsIn(file, readFileSync(join(folder, file), 'utf8')),
  );
}

/** Titles that begin like that and name no numbers in the way that is read: whoever wrote them takes them for counted. */
function unreadTitles(folder: string): string[] {
  const anyTitle = /\b(?:test|it)\(\s*['"`](attack(?! \d+(?:, \d+)*: )[^\n'"`]*)/gi;
  return filesBelow(folder, '**/*.test.ts').flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(anyTitle)].map(
      ([, title = '']) => `${file}: “${title}” does not begin as “attack 1, 2: …” does`,
    ),
  );
}

function testsIn(file: string, code: string): AttackTest[] {
  const titles = /\b(?:test|it)\(\s*(['"`])attack (\d+(?:, \d+)*): ((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...code.matchAll(titles)].map(([, , numbers = '', title = '']) => ({
    file,
    numbers: numbers.split(', ').map(Number),
    title: title.replaceAll(/\$\{[^}]*\}/g, '…').replaceAll(/\\(.)/g, '$1'),
  }));
}

/** The document: a line for each case, so that two changes seldom meet. */
export function attackDocument(tests: readonly AttackTest[], chapters = attackChapters): string {
  return [
    '# Attacks',
    '',
    'What is tried against the platform by its tests, what has to come of it, and which tests prove it. Each number is a case of',
    '`tools/attack-catalogue.ts`; a test that proves one begins its title with `attack` and the number. This page is made of both: write it',
    'anew with `node tools/attacks.ts --write`. What the platform protects from whom is in the [threat model](threat-model.md).',
    '',
    ...chapters.flatMap(({ title, cases }) => [
      `## ${title}`,
      '',
      '| | attack | expected | shown by |',
      '|---|---|---|---|',
      ...cases.map((each) => rowOf(each, tests)),
      '',
    ]),
  ].join('\n');
}

function rowOf(
  { number, attack, expected, notYet, lacks }: AttackCase,
  tests: readonly AttackTest[],
): string {
  const proving = tests.filter(({ numbers }) => numbers.includes(number));
  const shown = [...Map.groupBy(proving, ({ file }) => file)].map(
    ([file, of]) => `[${basename(file)}](../../${file}): ${of.map(({ title }) => title).join('; ')}`,
  );
  const said = [
    ...shown,
    ...(notYet === undefined ? [] : [`**Not yet:** ${notYet}`]),
    ...(lacks === undefined ? [] : [`**Not covered:** ${lacks}`]),
  ];
  return `| ${[String(number), attack, expected, said.join('<br>')].map(cell).join(' | ')} |`;
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

/** Where tests, catalogue and document disagree. */
export function attackProblems(
  folder: string,
  chapters: readonly AttackChapter[] = attackChapters,
): string[] {
  const tests = attackTests(folder);
  const cases = chapters.flatMap((chapter) => chapter.cases);
  const known = new Set(cases.map(({ number }) => number));
  const proven = new Set(tests.flatMap(({ numbers }) => numbers));
  const found = [
    ...unreadTitles(folder),
    ...tests.flatMap(({ file, title, numbers }) =>
      numbers
        .filter((number) => !known.has(number))
        .map((number) => `${file}: there is no attack ${number}, which “${title}” proves`),
    ),
    ...cases
      .filter(({ number, notYet }) => notYet === undefined && !proven.has(number))
      .map(
        ({ number }) =>
          `attack ${number} is proven by no test, and tools/attack-catalogue.ts does not say why`,
      ),
    ...cases
      .filter(({ number, notYet }) => notYet !== undefined && proven.has(number))
      .map(
        ({ number }) => `attack ${number} is proven by a test: take notYet out of tools/attack-catalogue.ts`,
      ),
  ];
  return [...found, ...documentProblems(folder, attackDocument(tests, chapters))];
}

function documentProblems(folder: string, document: string): string[] {
  if (!existsSync(join(folder, path))) return [`${path} is missing; ${write}`];
  const before = readFileSync(join(folder, path), 'utf8').split('\n');
  const after = document.split('\n');
  const at = after.findIndex((line, index) => line !== before[index]);
  if (at === -1 && before.length === after.length) return [];
  return [`${path} is not what the tests say; ${write}`, `  line ${at + 1} should be: ${after[at] ?? ''}`];
}

function main(): void {
  if (process.argv.includes('--write')) {
    writeFileSync(join(root, path), attackDocument(attackTests(root)));
    return;
  }
  const problems = [...attackProblems(root), ...asvsProblems(root)];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) main();
