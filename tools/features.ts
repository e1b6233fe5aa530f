import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many requirements each chapter has: A1 … A7, B1 … B6, and so on. */
const chapters = { A: 7, B: 6, C: 11, D: 8, E: 12, F: 5, G: 11, H: 3, I: 5, J: 6, K: 5, L: 3, M: 1 };

const states = ['works', 'partly', 'not yet'];

const requirementIds = Object.entries(chapters).flatMap(([chapter, count]) =>
  Array.from({ length: count }, (_, index) => `${chapter}${index + 1}`),
);

/** What is wrong with docs/features.md: each requirement stands there once, with a state and where it is shown. */
export function featureListProblems(root: string): string[] {
  const lines = readFileSync(join(root, 'docs/features.md'), 'utf8').split('\n');
  const rows = lines.flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const id = cells[1] ?? '';
    return /^[A-Z]\d+$/.test(id)
      ? [{ id, title: cells[2] ?? '', state: cells[3] ?? '', shown: cells[4] ?? '' }]
      : [];
  });
  const listed = rows.map((row) => row.id);
  return [
    ...requirementIds.filter((id) => !listed.includes(id)).map((id) => `docs/features.md lacks ${id}`),
    ...listed
      .filter((id) => !requirementIds.includes(id))
      .map((id) => `docs/features.md lists ${id}, which does not exist`),
    ...listed.filter((id, at) => listed.indexOf(id) !== at).map((id) => `docs/features.md lists ${id} twice`),
    ...rows.flatMap(({ id, title, state, shown }) => [
      ...(title === '' ? [`docs/features.md: ${id} has no title`] : []),
      ...(states.includes(state)
        ? []
        : [`docs/features.md: ${id} is “${state}”; say one of: ${states.join(', ')}`]),
      ...(state !== 'not yet' && shown === ''
        ? [`docs/features.md: ${id} does not say where it is shown`]
        : []),
    ]),
  ];
}
