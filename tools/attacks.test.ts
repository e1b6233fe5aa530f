import assert from 'node:assert/strict';
import { test } from 'node:test';

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

test('refuses a document that is missing, or is not what the tests say', (t) => {
  assert.match(attackProblems(exampleFolder(t, good), chapters).join('\n'), /attacks\.md is missing/);
  const old = attackDocument([], chapters);
  const problems = attackProblems(exampleFolder(t, { ...good, 'docs/security/attacks.md': old }), chapters);
  assert.match(problems.join('\n'), /not what the tests say.*\n.*should be: \| 1 \|/);
});
