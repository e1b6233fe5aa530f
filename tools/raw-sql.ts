import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { filesBelow } from './files.ts';

/** Where a piece of a statement is written as it is, and whose words it is. */
const ownWords: Readonly<Record<string, string>> = {
  'server/src/features/settings/strictest.ts': 'least or greatest, from a list in it',
};

/** Pieces of statements in the server that are no parameters, and may be what somebody else wrote. */
export function rawSqlProblems(root: string): string[] {
  return filesBelow(root, 'server/src/**/*.ts')
    .filter((file) => !file.endsWith('.test.ts') && !Object.hasOwn(ownWords, file))
    .filter((file) => /\bsql\s*\.\s*raw\b/.test(readFileSync(join(root, file), 'utf8')))
    .map(
      (file) =>
        `${file} writes SQL as it is: make it a parameter, or say in tools/raw-sql.ts whose words they are`,
    );
}
