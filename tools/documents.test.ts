import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { exampleFolder } from './example-folder.ts';
import { featureListProblems } from './features.ts';
import { root } from './files.ts';
import { linkProblems } from './links.ts';
import { metricsDocument, metricsDocumentProblems } from './metrics.ts';
import { openApiProblems, written } from './openapi.ts';

const list = readFileSync(join(root, 'docs/features.md'), 'utf8');

test('the document of metrics says what the registry does', (t) => {
  const folder = exampleFolder(t, { 'docs/statistics-metrics.md': metricsDocument() });
  assert.deepEqual(metricsDocumentProblems(folder), []);
  const changed = metricsDocument().replace('Offered', 'Proposed');
  const other = exampleFolder(t, { 'docs/statistics-metrics.md': changed });
  assert.match(metricsDocumentProblems(other).join(), /is not what the registry says/);
  assert.match(metricsDocumentProblems(exampleFolder(t, {})).join(), /is not what the registry says/);
});

test('the list of features is complete', (t) => {
  assert.deepEqual(featureListProblems(exampleFolder(t, { 'docs/features.md': list })), []);
});

const badLists: Record<string, { change: (text: string) => string; says: RegExp }> = {
  'a requirement that is missing': { change: (text) => text.replace(/^\| A1 .*\n/m, ''), says: /lacks A1/ },
  'a requirement listed twice': {
    change: (text) => text.replace(/^(\| A1 .*\n)/m, '$1$1'),
    says: /A1 twice/,
  },
  'a requirement nobody wrote down': {
    change: (text) => text.replace(/^(\| A1 .*\n)/m, '$1| Z1 | Title | works | here |\n'),
    says: /Z1, which does not exist/,
  },
  'a state of its own making': {
    change: (text) => text.replace(/^\| A1 .*$/m, '| A1 | Title | almost | here |'),
    says: /A1 is “almost”/,
  },
  'a claim without proof': {
    change: (text) => text.replace(/^\| A1 .*$/m, '| A1 | Title | works | |'),
    says: /A1 does not say where it is shown/,
  },
};

for (const [what, { change, says }] of Object.entries(badLists)) {
  test(`the list of features must not hold ${what}`, (t) => {
    const problems = featureListProblems(exampleFolder(t, { 'docs/features.md': change(list) }));
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', says);
  });
}

test('refuses links to files and headings that are not there', (t) => {
  const folder = exampleFolder(t, {
    'README.md':
      '[a](docs/one.md) [b](docs/two.md) [c](docs/one.md#the-second-part) [d](docs/one.md#third) [e](https://x.test/)\n',
    'docs/one.md': '# One\n\n## The second part\n\n`[code](nowhere.md)`\n\n```\n[code](nowhere.md)\n```\n',
  });
  assert.deepEqual(linkProblems(folder), [
    'README.md links to docs/two.md, which does not exist',
    'README.md links to docs/one.md#third, which does not exist',
  ]);
});

test('refuses an OpenAPI document that is missing or departs from the generated one', (t) => {
  const generated = { openapi: '3.1.0', paths: {} };
  assert.match(openApiProblems(exampleFolder(t, {}), generated)[0] ?? '', /is missing/);
  const old = exampleFolder(t, { 'docs/api/openapi.json': written({ openapi: '3.0.0', paths: {} }) });
  assert.match(openApiProblems(old, generated).join('\n'), /line 2 should be: "openapi": "3\.1\.0"/);
  const same = exampleFolder(t, { 'docs/api/openapi.json': written(generated) });
  assert.deepEqual(openApiProblems(same, generated), []);
});
