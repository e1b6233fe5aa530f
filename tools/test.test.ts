import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { exampleFolder } from './example-folder.ts';
import { root } from './files.ts';

/** Runs `npm test` on a folder of its own and answers with how it ended and all that it printed. */
async function runTests(t: TestContext, files: Record<string, string>, ...args: string[]) {
  const folder = exampleFolder(t, files);
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, 'tools/test.ts'), '--root', folder, ...args], { env });
  let printed = '';
  child.stdout.on('data', (text) => (printed += String(text)));
  child.stderr.on('data', (text) => (printed += String(text)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, printed };
}

const declare = (body: string): string => `import { test, describe } from 'node:test';\n${body}\n`;
const passing = declare("test('passes', () => {});");

test('passes when every test passes, and ends with the counts', async (t) => {
  const { code, printed } = await runTests(t, { 'server/one.test.ts': passing, 'e2e/two.test.ts': passing });
  assert.equal(code, 0, printed);
  assert.match(printed, /ℹ tests 2\n(?:ℹ .*\n)*2 passed, 0 failed\n$/);
});

test('runs the tests in a browser beside the others', async (t) => {
  const meet = (own: string, other: string): string =>
    `import { test } from 'node:test';
    import { existsSync, writeFileSync } from 'node:fs';
    import { join } from 'node:path';
    const place = (name) => join(import.meta.dirname, '..', name);
    test('meets the other', async () => {
      writeFileSync(place('${own}'), '');
      for (let tries = 0; !existsSync(place('${other}')); tries += 1) {
        if (tries === 500) throw new Error('nobody came');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });\n`;
  const { code, printed } = await runTests(t, {
    'server/one.test.ts': meet('server-came', 'browser-came'),
    'e2e/two.test.ts': meet('browser-came', 'server-came'),
  });
  assert.equal(code, 0, printed);
  assert.match(printed, /2 passed, 0 failed\n$/);
});

test('runs only what is below the folders named', async (t) => {
  const files = {
    'server/one.test.ts': passing,
    'widget/two.test.ts': declare("test('fails', () => { throw 1; });"),
  };
  const { code, printed } = await runTests(t, files, 'server');
  assert.equal(code, 0, printed);
  assert.match(printed, /1 passed, 0 failed\n$/);
});

test('gives every test the environment of the shared cluster, and stops the cluster afterwards', async (t) => {
  const cluster = `export async function startSharedCluster() {
    return { env: { SHARED: 'yes' }, stop: async () => console.log('cluster stopped') };
  }`;
  const one = declare("test('sees it', () => { if (process.env.SHARED !== 'yes') throw new Error('no'); });");
  const { code, printed } = await runTests(t, {
    'server/test/shared-cluster.ts': cluster,
    'server/one.test.ts': one,
  });
  assert.equal(code, 0, printed);
  assert.match(printed, /cluster stopped/);
});

test('stops its tests and the shared cluster when it is stopped', async (t) => {
  const folder = exampleFolder(t, {
    'server/test/shared-cluster.ts': `export async function startSharedCluster() {
      return { env: {}, stop: async () => console.log('cluster stopped') };
    }`,
    'server/one.test.ts': declare(`test('waits', async () => {
      console.log('pid', process.pid);
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`),
  });
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(root, 'tools/test.ts'), '--root', folder], { env });
  let printed = '';
  child.stdout.on('data', (text) => {
    const before = printed;
    printed += String(text);
    if (/pid \d+/.test(printed) && !/pid \d+/.test(before)) child.kill('SIGTERM');
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  assert.equal(code, 1, printed);
  assert.match(printed, /cluster stopped/);
  assert.throws(() => process.kill(Number(/pid (\d+)/.exec(printed)?.[1]), 0), { code: 'ESRCH' });
});

const bad: Record<string, { files: Record<string, string>; says: RegExp }> = {
  'a test fails': {
    files: { 'one.test.ts': declare("test('fails', () => { throw new Error(); });") },
    says: /0 passed, 1 failed/,
  },
  'no test ran': { files: {}, says: /no test ran/ },
  'a test is skipped': {
    files: { 'one.test.ts': declare("test('left out', { skip: true }, () => {});"), 'two.test.ts': passing },
    says: /“left out” did not run/,
  },
  'a test is still to do': {
    files: { 'one.test.ts': declare("test('later', { todo: true }, () => {});"), 'two.test.ts': passing },
    says: /“later” did not run/,
  },
  'a suite is skipped': {
    files: {
      'one.test.ts': declare("describe.skip('all', () => { test('x', () => {}); });"),
      'two.test.ts': passing,
    },
    says: /“all” did not run/,
  },
  'a file holds no test': {
    files: { 'one.test.ts': 'export {};\n', 'two.test.ts': passing },
    says: /one\.test\.ts holds no test/,
  },
  'a suite breaks outside its tests': {
    files: {
      'one.test.ts': declare("describe('all', () => { throw new Error(); });"),
      'two.test.ts': passing,
    },
    says: /1 failed|failed outside a test/,
  },
  'a file cannot be loaded': {
    files: { 'one.test.ts': "import './nowhere.ts';\n", 'two.test.ts': passing },
    says: /1 passed, 1 failed/,
  },
  'a file is named so that it would never run': {
    files: { 'one.spec.ts': passing, 'two.test.ts': passing },
    says: /one\.spec\.ts would never run/,
  },
};

for (const [what, { files, says }] of Object.entries(bad)) {
  test(`fails when ${what}`, async (t) => {
    const { code, printed } = await runTests(t, files);
    assert.equal(code, 1, printed);
    assert.match(printed, says);
  });
}
