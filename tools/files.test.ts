import assert from 'node:assert/strict';
import { test } from 'node:test';

import { refusals } from '../contract/src/errors/index.ts';
import { catalogueProblems } from './catalogues.ts';
import { comparisonProblems } from './comparisons.ts';
import { rawSqlProblems } from './raw-sql.ts';
import { exampleFolder } from './example-folder.ts';
import { lockFileProblems } from './lock-file.ts';
import { secretProblems } from './secrets.ts';

const problems = Object.fromEntries(
  Object.keys(refusals).map((code) => [`problem.${code}`, 'Something to do.']),
);
const widget = { greeting: 'Hello {name}' };
const catalogues = (swedish: object): Record<string, string> => ({
  'contract/text/widget/en.json': JSON.stringify(widget),
  'contract/text/widget/sv.json': JSON.stringify(swedish),
  'contract/text/console/en.json': JSON.stringify(problems),
  'contract/text/console/sv.json': JSON.stringify(problems),
});

test('accepts complete catalogues', (t) => {
  assert.deepEqual(catalogueProblems(exampleFolder(t, catalogues({ greeting: 'Hej {name}' }))), []);
});

const badCatalogues: Record<string, { swedish: object; says: RegExp }> = {
  'a text that was not translated': { swedish: {}, says: /sv\.json lacks greeting/ },
  'a text that English lacks': { swedish: { greeting: 'Hej {name}', extra: 'Mer' }, says: /has extra/ },
  'a placeholder that got lost': { swedish: { greeting: 'Hej' }, says: /other placeholders/ },
  'an empty text': { swedish: { greeting: ' ' }, says: /greeting is not a text/ },
};

for (const [what, { swedish, says }] of Object.entries(badCatalogues)) {
  test(`refuses catalogues with ${what}`, (t) => {
    const found = catalogueProblems(exampleFolder(t, catalogues(swedish)));
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0] ?? '', says);
  });
}

test('refuses catalogues without Swedish, and a refusal without a text', (t) => {
  const found = catalogueProblems(
    exampleFolder(t, {
      'contract/text/widget/en.json': '{}',
      'contract/text/console/en.json': JSON.stringify({ ...problems, 'problem.internal': undefined }),
      'contract/text/console/sv.json': JSON.stringify({ ...problems, 'problem.internal': undefined }),
    }),
  );
  assert.deepEqual(found, [
    'contract/text/widget/sv.json is missing',
    'contract/text/console/en.json lacks problem.internal',
  ]);
});

const npmrc = 'omit-lockfile-registry-resolved=true\nignore-scripts=true\n';
const locked = (entry: object): string =>
  JSON.stringify({
    packages: { '': {}, 'node_modules/one': entry, 'node_modules/own': { link: true, resolved: 'own' } },
  });

test('accepts a lock file with hashes and without addresses', (t) => {
  const folder = exampleFolder(t, {
    '.npmrc': npmrc,
    'package-lock.json': locked({ integrity: 'sha512-one' }),
  });
  assert.deepEqual(lockFileProblems(folder), []);
});

test('attack 82: refuses a lock file with an address, without a hash or with a hole, and an .npmrc that allows more than it should', (t) => {
  const address = { integrity: 'sha512-one', resolved: 'https://registry.example/one.tgz' };
  const addressed = exampleFolder(t, { '.npmrc': npmrc, 'package-lock.json': locked(address) });
  assert.deepEqual(lockFileProblems(addressed), [
    'package-lock.json holds the download address of node_modules/one',
  ]);
  const unhashed = exampleFolder(t, { '.npmrc': npmrc, 'package-lock.json': locked({}) });
  assert.deepEqual(lockFileProblems(unhashed), ['package-lock.json holds no hash of node_modules/one']);
  const holed = locked({
    integrity: 'sha512-one',
    optionalDependencies: { 'one-for-another-platform': '1.0.0' },
  });
  assert.deepEqual(lockFileProblems(exampleFolder(t, { '.npmrc': npmrc, 'package-lock.json': holed })), [
    'package-lock.json lacks one-for-another-platform, which node_modules/one wants',
  ]);
  const open = exampleFolder(t, {
    '.npmrc': 'registry=https://registry.example/\n',
    'package-lock.json': locked({ integrity: 'sha512-one' }),
  });
  assert.equal(lockFileProblems(open).length, 3);
});

/** Spelt in pieces, so that this file holds none of them. */
const secrets: Record<string, string[]> = {
  'a private key': ['-----BEGIN ', 'PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n'],
  'a cloud access key': ['AK', 'IAABCDEFGHIJKLMNOP'],
  'an access token': ['gh', 'p_abcdefghijklmnopqrstuvwxyz0123456789'],
  'a registry credential': ['//registry.example/:_', 'authToken=secret'],
  'a path of somebody’s machine': [' /ho', 'me/anna/samtal'],
  'a path of somebody’s temporary folder': ['"/tm', 'p/samtal"'],
};

for (const [what, pieces] of Object.entries(secrets)) {
  test(`attack 82: refuses a file that holds ${what}`, (t) => {
    const folder = exampleFolder(t, { '.one': `first line\n${pieces.join('')}\n` });
    assert.deepEqual(secretProblems(folder), [`.one:2 holds ${what}`]);
  });
}

test('attack 82: finds no secret in ordinary text, and leaves ignored files alone', (t) => {
  const key = secrets['a cloud access key']?.join('') ?? '';
  const folder = exampleFolder(t, {
    'one.txt': 'GET /home and /users/1; see docs/work/plan.md\n',
    'two.log': key,
    'data/keys': key,
    'dist/one.js': key,
  });
  assert.deepEqual(secretProblems(folder), []);
});

test('attack 80: refuses comparisons of bytes that take as long as they agree', (t) => {
  const folder = exampleFolder(t, {
    'server/src/one.ts': 'export const same = (a: Buffer, b: Buffer) => a.equals(b);\n',
    'server/src/two.ts': 'export const same = (a: Buffer, b: Buffer) => Buffer.compare(a, b) === 0;\n',
    'server/src/three.ts': 'export const same = (a: Buffer, b: Buffer) => timingSafeEqual(a, b);\n',
    'server/src/four.test.ts': 'assert.ok(a.equals(b));\n',
    'server/src/features/media/content/png.ts':
      'export const same = (a: Buffer, b: Buffer) => a.equals(b);\n',
  });
  assert.deepEqual(
    comparisonProblems(folder).map((problem) => problem.split(' ')[0]),
    ['server/src/one.ts', 'server/src/two.ts'],
  );
});

test('attack 52: refuses SQL that is written as it is, but where it says whose words they are', (t) => {
  const raw = 'export const column = (name: string) => sql`select ${sql.raw(name)}`;\n';
  const folder = exampleFolder(t, {
    'server/src/one.ts': raw,
    'server/src/two.ts': raw.replace('sql.raw', 'sql\n  .raw'),
    'server/src/three.ts': raw.replace('sql.raw', 'sql.ref'),
    'server/src/four.test.ts': raw,
    'server/src/features/settings/strictest.ts': raw,
  });
  assert.deepEqual(
    rawSqlProblems(folder).map((problem) => problem.split(' ')[0]),
    ['server/src/one.ts', 'server/src/two.ts'],
  );
});
