import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { authorisationNames, builtInRoles } from '@samtal/contract/access';
import { refusals } from '@samtal/contract/errors';

const folder = new URL('../../../contract/text/console/', import.meta.url);

async function catalogue(file: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Record<string, string>;
}

const english = await catalogue('en.json');
const others = (await readdir(folder)).filter((file) => file.endsWith('.json') && file !== 'en.json');

/** Plural categories differ between languages: `one` and `other` are English, others have more. */
const withoutPlural = (key: string) => key.replace(/\.(zero|one|two|few|many|other)$/, '');
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();

for (const file of others) {
  test(`${file} has every text that English has, and none besides`, async () => {
    const keys = Object.keys(await catalogue(file)).map(withoutPlural);
    assert.deepEqual(
      [...new Set(keys)].toSorted(),
      [...new Set(Object.keys(english).map(withoutPlural))].toSorted(),
    );
  });

  test(`${file} has no empty text, and the same placeholders as English`, async () => {
    for (const [key, text] of Object.entries(await catalogue(file))) {
      assert.notEqual(text.trim(), '', key);
      assert.deepEqual(placeholders(text), placeholders(english[key] ?? text), key);
    }
  });
}

test('every refusal has a text that says what to do', () => {
  for (const code of [...Object.keys(refusals), 'network']) assert.ok(english[`problem.${code}`], code);
});

test('every authorisation and built-in role has a name, and every area of authorisations', () => {
  for (const name of authorisationNames) {
    assert.ok(english[`authorisation.${name}`], name);
    assert.ok(english[`area.${name.slice(0, name.indexOf('.'))}`], name);
  }
  for (const role of Object.keys(builtInRoles)) assert.ok(english[`role.${role}`], role);
});
