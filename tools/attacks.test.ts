import assert from 'node:assert/strict';
import { test } from 'node:test';

import { asvsProblems } from './asvs.ts';
import type { AttackChapter } from './attack-catalogue.ts';
import { attackDocument, attackProblems, attackTests } from './attacks.ts';
import { exampleFolder } from './example-folder.ts';

const chapters: readonly AttackChapter[] = [
  {
    title: 'Only',
    cases: [
      { number: 1, attack: 'a | b', expected: 'refused' },
      { number: 2, attack: 'c', expected: 'ignored', notYet: 'there is no c' },
      { number: 3, attack: 'd', expected: 'refused', lacks: 'e' },
    ],
  },
];
const named = (...titles: string[]) => titles.map((title) => `test('${title}', () => {});\n`).join('');
const good = {
  'one/one.test.ts': `${named('attack 1: says no', 'is of no case')}  it(\n    \`attack 1, 3: \${id} refuses\`,\n`,
  'one/other.ts': named('attack 99: is no test'),
};

test('reads from titles which cases a test proves', (t) => {
  const file = 'one/one.test.ts';
  assert.deepEqual(attackTests(exampleFolder(t, good)), [
    { file, numbers: [1], title: 'says no' },
    { file, numbers: [1, 3], title: '… refuses' },
  ]);
});

test('accepts a document that says what the tests say, a line for each case', (t) => {
  const document = attackDocument(attackTests(exampleFolder(t, good)), chapters);
  const link = '[one.test.ts](../../one/one.test.ts)';
  for (const line of [
    `| 1 | a \\| b | refused | ${link}: says no; … refuses |`,
    '| 2 | c | ignored | **Not yet:** there is no c |',
    `| 3 | d | refused | ${link}: … refuses<br>**Not covered:** e |`,
  ])
    assert.ok(document.split('\n').includes(line), line);
  const folder = exampleFolder(t, { ...good, 'docs/security/attacks.md': document });
  assert.deepEqual(attackProblems(folder, chapters), []);
});

const bad: Record<string, { titles: string[]; says: RegExp }> = {
  'a title with a number that is none': {
    titles: ['attack 1, 3: says no', 'attack 4: says no'],
    says: /there is no attack 4/,
  },
  'a title whose numbers are not read': {
    titles: ['attack 1, 3: says no', 'attack 1, attack 3: says no'],
    says: /“attack 1, attack 3: says no” does not begin as/,
  },
  'a case that no test proves': { titles: ['attack 1: says no'], says: /attack 3 is proven by no test/ },
  'a case that is proven although it is said not to be': {
    titles: ['attack 1, 2, 3: says no'],
    says: /attack 2 is proven by a test/,
  },
};

for (const [what, { titles, says }] of Object.entries(bad)) {
  test(`refuses ${what}`, (t) => {
    const files = { 'one.test.ts': named(...titles) };
    const document = attackDocument(attackTests(exampleFolder(t, files)), chapters);
    const problems = attackProblems(
      exampleFolder(t, { ...files, 'docs/security/attacks.md': document }),
      chapters,
    );
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', says);
  });
}

test('accepts a table of the ASVS that says what shows each row', (t) => {
  const rows = [
    '| 1.1.1 | 2 | a | b | attack 1, 3 |',
    '| 1.1.2 | 1 | a | b | [one.test.ts](../../one/one.test.ts) |',
    '| 1.1.3 | 3 | a | b | not yet |',
    '| 1.1.4 | 3 | a | b | n/a |',
  ];
  const folder = exampleFolder(t, { ...good, 'docs/security/asvs.md': rows.join('\n') });
  assert.deepEqual(asvsProblems(folder, chapters), []);
});

test('refuses a table of the ASVS with rows that are doubled, broken, or shown by nothing', (t) => {
  const rows = [
    '| 1.1.1 | 2 | a | b | attack 1, 4 |',
    '| 1.1.1 | 2 | a | b | attack 2 |',
    '| 1.1.2 | 4 | a | b | attack 1 |',
    '| 1.1.3 | 1 | a |  | attack 1 |',
    '| 1.1.4 | 1 | a | b | [x](../none.md) |',
    '| 1.1.5 | 1 | a | b | |',
    '| 1.1.6 | 1 | a | b | surely |',
  ];
  const folder = exampleFolder(t, { 'docs/security/asvs.md': rows.join('\n') });
  const file = 'docs/security/asvs.md';
  assert.deepEqual(asvsProblems(folder, chapters), [
    `${file} has 1.1.1 twice`,
    `${file}: 1.1.1 is shown by attack 4, which does not exist`,
    `${file}: 1.1.1 is shown by attack 2, which no test proves yet`,
    `${file}: 1.1.2 is not id, level, what it asks for, how and what shows it`,
    `${file}: 1.1.3 is not id, level, what it asks for, how and what shows it`,
    `${file}: 1.1.4 is shown by ../none.md, which does not exist`,
    `${file}: 1.1.5 is shown neither by an attack nor by a file; say so, or “not yet”`,
    `${file}: 1.1.6 is shown neither by an attack nor by a file; say so, or “not yet”`,
  ]);
  assert.deepEqual(asvsProblems(exampleFolder(t, {}), chapters), [`${file} is missing`]);
});

test('refuses a document that is missing, or is not what the tests say', (t) => {
  assert.match(attackProblems(exampleFolder(t, good), chapters).join('\n'), /attacks\.md is missing/);
  const old = attackDocument([], chapters);
  const problems = attackProblems(exampleFolder(t, { ...good, 'docs/security/attacks.md': old }), chapters);
  assert.match(problems.join('\n'), /not what the tests say.*\n.*should be: \| 1 \|/);
});
