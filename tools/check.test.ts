import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

import { exampleFolder } from './example-folder.ts';
import { root } from './files.ts';

function check(folder: string, ...steps: string[]) {
  const args = [join(root, 'tools/check.ts'), '--root', folder, ...steps];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

test('passes and says so when every check named is content', (t) => {
  const { status, stdout } = check(
    exampleFolder(t, { 'one.ts': 'export const one = 1;\n' }),
    'format',
    'links',
    'secrets',
  );
  assert.equal(status, 0, stdout);
  assert.match(stdout, /All 3 checks passed\.\n$/);
});

test('fails when one check does, shows what it said, and still runs the others', (t) => {
  const { status, stdout } = check(exampleFolder(t, { 'one.md': '[two](two.md)\n' }), 'links', 'secrets');
  assert.equal(status, 1, stdout);
  assert.match(stdout, /✗ links .*\n {4}one\.md links to two\.md/);
  assert.match(stdout, /✓ secrets/);
  assert.match(stdout, /1 of 2 checks failed: links\n$/);
});

test('fails when a check breaks instead of answering', (t) => {
  const { status, stdout } = check(exampleFolder(t, {}), 'lock');
  assert.equal(status, 1, stdout);
  assert.match(stdout, /✗ lock file .*\n {4}Error: ENOENT/);
});

test('fails when there is no check of that name', (t) => {
  const { status, stdout } = check(exampleFolder(t, {}), 'nothing');
  assert.equal(status, 1);
  assert.match(stdout, /There is no check named nothing/);
});
