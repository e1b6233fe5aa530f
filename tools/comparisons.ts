import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { filesBelow } from './files.ts';

/** Where bytes that are no secret are compared as fast as it goes, and what they are. */
const publicBytes: Readonly<Record<string, string>> = {
  'server/src/features/backup/sealed-file.ts': 'the first bytes of every sealed file',
  'server/src/features/media/content/png.ts': 'the first bytes of every PNG',
  'server/src/features/retention/case-hash.ts': 'hashes that are put in order',
  'server/src/features/statistics/files/publish-account.ts':
    'checksums of published files, which their readers have',
  'server/src/features/statistics/rebuild.ts': 'published files, and their checksums',
  'server/src/platform/audit/anchors.ts': 'hashes of the audit trail, which its readers have',
  'server/src/platform/audit/statement.ts': 'roots of checkpoints, which are public',
  'server/src/platform/audit/verify.ts': 'hashes of the audit trail, which its readers have',
};

/** Comparisons of bytes in the server that tell by their time how much of a secret was right (ASVS 11.2.4). */
export function comparisonProblems(root: string): string[] {
  return filesBelow(root, 'server/src/**/*.ts')
    .filter((file) => !file.endsWith('.test.ts') && !Object.hasOwn(publicBytes, file))
    .filter((file) => /\.equals\(|\bBuffer\.compare\b/.test(readFileSync(join(root, file), 'utf8')))
    .map(
      (file) =>
        `${file} compares bytes: take timingSafeEqual of node:crypto, or say in tools/comparisons.ts why they are no secret`,
    );
}
