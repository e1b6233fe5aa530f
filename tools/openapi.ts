import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from './files.ts';

const path = 'docs/api/openapi.json';

/** The document as it stands in the repository. */
export function written(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Where the written document departs from the one that the server generates: the first line that differs. */
export function openApiProblems(folder: string, generated: object): string[] {
  if (!existsSync(join(folder, path)))
    return [`${path} is missing; write it with: node tools/openapi.ts --write`];
  const before = readFileSync(join(folder, path), 'utf8').split('\n');
  const after = written(generated).split('\n');
  const at = after.findIndex((line, index) => line !== before[index]);
  if (at === -1 && before.length === after.length) return [];
  return [
    `${path} is not what the server generates; write it with: node tools/openapi.ts --write`,
    `  line ${at + 1} should be: ${(after[at] ?? '').trim()}`,
  ];
}

async function main(): Promise<void> {
  const { openApiDocument } = await import('../server/src/platform/http/openapi.ts');
  const document = openApiDocument();
  if (process.argv.includes('--write')) return writeFileSync(join(root, path), written(document));
  const problems = openApiProblems(root, document);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
