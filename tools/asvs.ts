import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { attackChapters, type AttackChapter } from './attack-catalogue.ts';

const path = 'docs/security/asvs.md';

/**
 * What is wrong with the table of the ASVS: rows that are doubled or not whole, and such as claim to be shown by what is not
 * there or proves nothing.
 */
export function asvsProblems(folder: string, chapters: readonly AttackChapter[] = attackChapters): string[] {
  if (!existsSync(join(folder, path))) return [`${path} is missing`];
  const rows = readFileSync(join(folder, path), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()));
  const ids = rows.map(([id]) => id);
  return [
    ...(rows.length === 0 ? [`${path} has no rows`] : []),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${path} has ${id} twice`),
    ...rows.flatMap((row) =>
      problemsOf(row, folder, chapters).map((problem) => `${path}: ${row[0]} ${problem}`),
    ),
  ];
}

function problemsOf(row: readonly string[], folder: string, chapters: readonly AttackChapter[]): string[] {
  const [id = '', level = '', asks = '', how = '', shown = ''] = row;
  if (row.length !== 5 || !/^\d+\.\d+\.\d+$/.test(id) || !/^[123]$/.test(level) || asks === '' || how === '')
    return ['is not id, level, what it asks for, how and what shows it'];
  if (shown === 'not yet' || shown === 'n/a') return [];
  const [, numbers] = /^attack (\d+(?:, \d+)*)$/.exec(shown) ?? [];
  if (numbers !== undefined)
    return numbers.split(', ').flatMap((number) => unprovenBy(Number(number), chapters));
  const [, file] = /^\[[^\]]+\]\(([^)#]+)(?:#[^)]*)?\)$/.exec(shown) ?? [];
  if (file === undefined) return ['is shown neither by an attack nor by a file; say so, or “not yet”'];
  return existsSync(join(folder, dirname(path), file)) ? [] : [`is shown by ${file}, which does not exist`];
}

function unprovenBy(number: number, chapters: readonly AttackChapter[]): string[] {
  const found = chapters.flatMap(({ cases }) => cases).find((each) => each.number === number);
  if (found === undefined) return [`is shown by attack ${number}, which does not exist`];
  return found.notYet === undefined ? [] : [`is shown by attack ${number}, which no test proves yet`];
}
