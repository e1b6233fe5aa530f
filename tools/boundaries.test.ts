import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boundaryProblems } from './boundaries.ts';
import { exampleFolder } from './example-folder.ts';

const features = 'server/src/features';
const edge = { from: 'routing', to: 'sites', because: 'A conversation enters the queue of its site.' };

/** Each entry: what is wrong, the files in which it is, and what the guard says. */
const bad: Record<string, { files: Record<string, string>; says: RegExp }> = {
  'a package that imports another one': {
    files: { 'widget/src/one.ts': "import '@samtal/server';\n" },
    says: /widget\/src\/one\.ts imports @samtal\/server/,
  },
  'a package that reaches out of its folder': {
    files: { 'console/src/one.ts': "import type { Two } from '../../server/src/two.ts';\n" },
    says: /outside its package/,
  },
  'a contract that knows another package': {
    files: { 'contract/src/one.ts': "import '@samtal/contract/access';\n" },
    says: /contract may not use/,
  },
  'a contract that does I/O': {
    files: { 'contract/src/one.ts': "import { readFileSync } from 'node:fs';\n" },
    says: /does not run in Node alone/,
  },
  'a feature that reaches into another one': {
    files: { [`${features}/routing/offer.ts`]: "import { findSite } from '../sites/queries.ts';\n" },
    says: /through its index\.ts/,
  },
  'a feature that uses another one without an edge': {
    files: { [`${features}/sites/one.ts`]: "import { offer } from '../routing/index.ts';\n" },
    says: /no edge sites → routing/,
  },
  'a feature that reaches above features': {
    files: { [`${features}/sites/one.ts`]: "import { config } from '../../config.ts';\n" },
    says: /the platform and other features only/,
  },
  'a platform that knows a feature': {
    files: {
      'server/src/platform/http/one.ts': "import type { Site } from '../../features/sites/index.ts';\n",
    },
    says: /the platform does not know any feature/,
  },
  'the environment read outside the configuration': {
    files: { 'server/src/platform/one.ts': 'export const port = process.env.PORT;\n' },
    says: /only server\/src\/config\.ts does/,
  },
  'a variable picked out on the way to the configuration': {
    files: {
      'server/src/main.ts':
        "import { readConfig } from './config.ts';\nreadConfig({ PORT: process['env'].PORT });\n",
    },
    says: /reads the environment/,
  },
  'the environment read through an import': {
    files: {
      'server/src/platform/one.ts': "import { env as all } from 'node:process';\nexport const port = all;\n",
    },
    says: /reads the environment/,
  },
  'the environment taken out of process': {
    files: { 'server/src/platform/one.ts': 'const { env } = process;\nexport const port = env;\n' },
    says: /reads the environment/,
  },
  'pg outside the database folder': {
    files: { [`${features}/sites/queries.ts`]: "import { Client } from 'pg';\n" },
    says: /only server\/src\/platform\/database talks to PostgreSQL/,
  },
  'a circle of imports': {
    files: { 'widget/src/one.ts': "import './two.ts';\n", 'widget/src/two.ts': "import './one.ts';\n" },
    says: /in a circle: widget\/src\/one\.ts → widget\/src\/two\.ts → widget\/src\/one\.ts/,
  },
  'a circle of type imports': {
    files: {
      'widget/src/one.ts': "import type { Two } from './two.ts';\nexport type One = Two;\n",
      'widget/src/two.ts': "export type Two = 2;\nexport type { One } from './one.ts';\n",
    },
    says: /in a circle/,
  },
};

for (const [what, { files, says }] of Object.entries(bad)) {
  test(`refuses ${what}`, (t) => {
    const problems = boundaryProblems(exampleFolder(t, files), []);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', says);
  });
}

test('refuses an edge that nothing uses, one without a reason, and edges in a circle', (t) => {
  const back = { from: 'sites', to: 'routing', because: '' };
  const problems = boundaryProblems(exampleFolder(t, {}), [edge, back]).join('\n');
  assert.match(problems, /routing → sites, which nothing uses/);
  assert.match(problems, /sites → routing lacks its reason/);
  assert.match(problems, /a circle: routing → sites → routing/);
});

test('accepts what ARCHITECTURE.md allows', (t) => {
  const folder = exampleFolder(t, {
    'contract/src/one.ts': "import Type from 'typebox';\nexport const One = Type.Null();\n",
    'widget/src/one.ts': "import { One } from '@samtal/contract/one';\nexport const two = One;\n",
    'widget/src/one.test.ts': "import { peer } from '../../contract/test/peer.ts';\npeer();\n",
    'widget/build.ts': "import { writeFileSync } from 'node:fs';\nwriteFileSync('one', 'one');\n",
    'server/src/config.ts': 'export const port = process.env.SAMTAL_PORT;\n',
    'server/src/main.ts': "import { readConfig } from './config.ts';\nreadConfig(process.env);\n",
    'server/src/app.ts':
      "import { offer } from './features/routing/index.ts';\nimport './config.ts';\noffer();\n",
    'server/src/platform/database/open.ts': "import { Pool } from 'pg';\nexport const pool = new Pool();\n",
    [`${features}/sites/index.ts`]: "export { findSite } from './queries.ts';\n",
    [`${features}/sites/queries.ts`]:
      "import { pool } from '../../platform/database/open.ts';\nexport const findSite = pool;\n",
    [`${features}/routing/index.ts`]:
      "import { findSite } from '../sites/index.ts';\nexport const offer = () => findSite;\n",
    [`${features}/routing/offer.test.ts`]:
      "import { startApp } from '../../../test/app.ts';\nstartApp(process.env);\n",
    'e2e/chat.test.ts': "import { startApp } from '../server/test/app.ts';\nstartApp();\n",
  });
  assert.deepEqual(boundaryProblems(folder, [edge]), []);
});
