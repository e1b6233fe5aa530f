import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

import { fingerprint, replace } from './build.ts';
import { exampleFolder } from './example-folder.ts';

const files = {
  'widget/src/one.ts': 'export {};\n',
  'contract/text/widget/en.json': '{}',
  'package-lock.json': '{}',
};

test('the fingerprint follows sources, the contract, texts and locked packages, but not tests', (t) => {
  const before = fingerprint('widget', exampleFolder(t, files));
  assert.equal(
    fingerprint('widget', exampleFolder(t, { ...files, 'widget/src/one.test.ts': 'export {};\n' })),
    before,
  );
  for (const path of [...Object.keys(files), 'contract/src/one.ts', 'widget/build.ts']) {
    const changed = exampleFolder(t, { ...files, [path]: 'changed' });
    assert.notEqual(fingerprint('widget', changed), before, path);
  }
});

test('two processes that build at once both succeed and leave one whole result', async (t) => {
  const folder = exampleFolder(t, {});
  const dist = join(folder, 'dist');
  const program = `
    const { mkdirSync, writeFileSync } = require('node:fs');
    const { workerData, parentPort } = require('node:worker_threads');
    import(workerData.build).then(({ replace }) => {
      for (let round = 0; round < 200; round += 1) {
        const fresh = workerData.folder + '/.dist-' + workerData.name + round;
        mkdirSync(fresh);
        for (const file of ['a', 'b']) writeFileSync(fresh + '/' + file, workerData.name + round);
        replace(workerData.folder + '/dist', fresh);
      }
    });`;
  const ends = ['one', 'two'].map((name) => {
    const workerData = { name, folder, build: new URL('build.ts', import.meta.url).href };
    const worker = new Worker(program, { eval: true, workerData });
    return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
  });
  assert.deepEqual(await Promise.all(ends), [0, 0]);
  assert.equal(readFileSync(join(dist, 'a'), 'utf8'), readFileSync(join(dist, 'b'), 'utf8'));
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.dist')),
    [],
  );
});

test('a first build takes its place where nothing was', (t) => {
  const folder = exampleFolder(t, {});
  const fresh = join(folder, '.dist-1-one');
  mkdirSync(fresh);
  writeFileSync(join(fresh, 'a'), 'a');
  replace(join(folder, 'dist'), fresh);
  assert.ok(existsSync(join(folder, 'dist', 'a')));
});
