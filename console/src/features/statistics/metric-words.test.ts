import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { metrics } from '@samtal/contract/statistics';
import { subjectViews } from './subject-views.ts';

const text = new URL('../../../../contract/text/', import.meta.url);
const locales = (await readdir(new URL('console/', text)))
  .map((file) => file.replace('.json', ''))
  // English is what the registry itself speaks.
  .filter((locale) => locale !== 'en');
const paged = metrics.filter(({ subject }) => Object.hasOwn(subjectViews, subject));

for (const locale of locales) {
  test(`every metric that has a page is called and explained in ${locale}`, async () => {
    const file = await readFile(new URL(`metrics/${locale}.json`, text), 'utf8');
    const words = JSON.parse(file) as Record<string, Record<string, string>>;
    assert.deepEqual(
      Object.keys(words).toSorted(),
      paged.map(({ subject, name }) => `${subject}.${name}`).toSorted(),
    );
    for (const [name, { title, says, formula }] of Object.entries(words))
      for (const each of [title, says, formula]) assert.ok(each !== undefined && each.trim() !== '', name);
  });
}

test('pages show metrics that there are', () => {
  const wrong = Object.entries(subjectViews).flatMap(([subject, { main, parts, better }]) =>
    [...main, ...parts, ...Object.keys(better)].filter(
      (name) => !metrics.some((metric) => metric.subject === subject && metric.name === name),
    ),
  );
  assert.deepEqual(wrong, []);
});
