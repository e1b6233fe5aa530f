import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { committableFiles } from './files.ts';

/** What no file of the repository may contain. Patterns are written so that this file does not match itself. */
const forbidden: readonly { what: string; pattern: RegExp }[] = [
  { what: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}/ },
  { what: 'a cloud access key', pattern: /\bAKIA[0-9A-Z]{16}\b/ },
  {
    what: 'an access token',
    pattern: /\b(?:gh[opsur]_|github_pat_|glpat-|npm_|xox[abprs]-)[A-Za-z0-9_-]{20,}/,
  },
  { what: 'a registry credential', pattern: /:_(?:authToken|password|auth)=/ },
  { what: 'a path of somebody’s machine', pattern: /(?:^|[\s"'`(=:])\/(?:work|root|home|Users)\/\w/m },
  { what: 'a path of somebody’s temporary folder', pattern: /(?:^|[\s"'`(=:])\/(?:tmp|private\/var)\/\w/m },
  { what: 'a path of somebody’s machine', pattern: /\b[A-Z]:\\+Users\\/ },
];

/** Secrets, and paths that exist on one machine only, in anything that is or could be committed. */
export function secretProblems(root: string): string[] {
  return committableFiles(root).flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    if (text.includes('\0')) return [];
    return forbidden.flatMap(({ what, pattern }) => {
      const match = pattern.exec(text);
      if (match === null) return [];
      const line = text.slice(0, match.index + 1).split('\n').length;
      return [`${path}:${line} holds ${what}`];
    });
  });
}
