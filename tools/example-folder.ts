import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

import { root } from './files.ts';

const configuration = ['.oxlintrc.json', '.oxfmtrc.json', 'tsconfig.base.json'];

/** A folder with these files, our configuration and the installed packages; it is gone when the test is over. */
export function exampleFolder(test: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'samtal-example-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of configuration) copyFileSync(join(root, name), join(folder, name));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}
