import assert from 'node:assert/strict';
import { test } from 'node:test';

import { exampleFolder } from './example-folder.ts';
import { formatComplaints, lintComplaints, typeComplaints, unusedCodeComplaints } from './programs.ts';

const tsconfig = JSON.stringify({
  extends: './tsconfig.base.json',
  compilerOptions: { lib: ['ES2024'], types: ['node'], jsx: 'react-jsx' },
  include: ['**/*.ts', '**/*.tsx'],
});
const project = { 'tsconfig.json': tsconfig, 'package.json': '{ "type": "module" }\n' };

const good = `export function double(count: number): number {
  return count * 2;
}
`;

/** One snippet for each rule that we count on: the rule must complain about it. */
const badCode: Record<string, { path?: string; code: string }> = {
  'typescript(no-floating-promises)': { code: 'export function go(work: () => Promise<void>) { work(); }' },
  'typescript(no-misused-promises)': {
    code: 'export function go(list: number[], work: (n: number) => Promise<void>) { list.forEach(work); }',
  },
  'typescript(await-thenable)': { code: 'export async function go(n: number) { return await n; }' },
  'typescript(no-explicit-any)': { code: 'export function go(x: any): unknown { return x; }' },
  'typescript(no-unsafe-assignment)': { code: "export const parsed = JSON.parse('1');" },
  'typescript(no-unsafe-member-access)': { code: "export const length = JSON.parse('1').length as number;" },
  'typescript(no-unsafe-return)': { code: "export function go(): number { return JSON.parse('1'); }" },
  'typescript(no-unsafe-argument)': { code: "export const n = Number.parseInt(JSON.parse('1'), 10);" },
  'typescript(no-unsafe-call)': { code: "export const n = String(JSON.parse('1')());" },
  'typescript(switch-exhaustiveness-check)': {
    code: "export function go(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 2; }",
  },
  'typescript(ban-ts-comment)': { code: "// @ts-ignore\nexport const n: number = 'one';" },
  'typescript(no-non-null-assertion)': { code: 'export function go(x: string | null) { return x!; }' },
  'typescript(only-throw-error)': { code: "export function go() { throw 'text'; }" },
  'eslint(no-console)': { path: 'server/src/app.ts', code: "console.log('text');\nexport {};" },
  'eslint(prefer-const)': { code: 'let one = 1;\nexport const two = one + 1;' },
  'eslint(eqeqeq)': { code: 'export function go(x: number) { return x == 1; }' },
  'eslint(no-empty)': { code: 'export function go(x: () => void) { try { x(); } catch {} }' },
  'eslint(no-unused-vars)': { code: 'const one = 1;\nexport {};' },
  'import(no-default-export)': { code: 'export default 1;' },
  'import(no-cycle)': {
    path: 'one.ts',
    code: "import { two } from './two.ts';\nexport const one = () => two;",
  },
  'react-hooks(rules-of-hooks)': {
    path: 'console/src/hooks.tsx',
    code: "import { useState } from 'react';\nexport function One(p: { x: boolean }) { if (p.x) useState(1); return null; }",
  },
  'jsx-a11y(alt-text)': {
    path: 'console/src/one.tsx',
    code: 'export function One() { return <img src="one.png" />; }',
  },
};

test('lint refuses what each of these rules is about', async (t) => {
  const cases = Object.entries(badCode).map(([rule, { path, code }], index) => {
    return { rule, code, path: path ?? `bad-${index}.ts` };
  });
  const other = { 'two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n" };
  const files = Object.fromEntries(cases.map(({ path, code }) => [path, code]));
  const said = await lintComplaints(exampleFolder(t, { ...project, ...other, ...files }));
  const complaints = said.split('\n\n');
  for (const { rule, path } of cases) {
    await t.test(`${rule} in ${path}`, () => {
      assert.ok(
        complaints.some((each) => each.includes(rule) && each.includes(`[${path}:`)),
        said,
      );
    });
  }
});

test('lint, format and types accept good code', async (t) => {
  const folder = exampleFolder(t, { 'one.ts': good, ...project });
  assert.equal(await lintComplaints(folder), '');
  assert.equal(await typeComplaints(folder, '.'), '');
  const formatted = exampleFolder(t, { 'one.ts': good });
  assert.equal(await formatComplaints(formatted), '');
});

test('lint lets tests be declared without waiting for them', async (t) => {
  const code = "import { test } from 'node:test';\n\ntest('a title', () => {});\n";
  assert.equal(await lintComplaints(exampleFolder(t, { 'one.test.ts': code, ...project })), '');
});

test('format refuses code that the formatter would write differently', async (t) => {
  const said = await formatComplaints(exampleFolder(t, { 'one.ts': 'export const one = "1"' }));
  assert.match(said, /one\.ts/);
});

test('types refuse a wrong type, an unchecked index and syntax that Node cannot strip', async (t) => {
  const files = {
    'one.ts': "export const one: number = 'one';\n",
    'two.ts': 'export function two(list: string[]): string {\n  return list[0];\n}\n',
    'three.ts': 'export enum Three {\n  One,\n}\n',
  };
  const said = await typeComplaints(exampleFolder(t, { ...files, ...project }), '.');
  for (const code of ['TS2322', 'TS1294']) assert.match(said, new RegExp(code));
  assert.match(said, /two\.ts/);
});

test('unused code is refused: a file, an export and a dependency', async (t) => {
  const said = await unusedCodeComplaints(
    exampleFolder(t, {
      'package.json': JSON.stringify({
        name: 'example',
        type: 'module',
        main: 'one.ts',
        dependencies: { kysely: '1.0.0' },
      }),
      'one.ts': "import { two } from './two.ts';\n\nexport const one = two;\n",
      'two.ts': 'export const two = 2;\nexport const nobody = 3;\n',
      'three.ts': 'export const three = 3;\n',
    }),
  );
  for (const unused of ['three.ts', 'nobody', 'kysely'])
    assert.ok(said.includes(unused), `${unused} in: ${said}`);
});

test('unused code accepts a project in which everything is used', async (t) => {
  const folder = exampleFolder(t, {
    'package.json': JSON.stringify({ name: 'example', type: 'module', main: 'one.ts' }),
    'one.ts': "import { two } from './two.ts';\n\nexport const one = two;\n",
    'two.ts': 'export const two = 2;\n',
  });
  assert.equal(await unusedCodeComplaints(folder), '');
});
