import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { settingKeys, settings, type Setting } from '@samtal/contract/settings';

/** Those that accounts see; what only operators set and see has no texts here. */
const shown = settingKeys.filter((key) => {
  const { levels, accountsSee }: Setting = settings[key];
  return accountsSee === true || levels.some((level) => level !== 'installation');
});

for (const locale of ['en', 'sv']) {
  test(`every setting has a name and an explanation in ${locale}`, () => {
    const file = new URL(`../../../../contract/text/console/${locale}.json`, import.meta.url);
    const catalogue = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const wanted = shown.flatMap((key) => [`setting.${key}`, `setting.${key}-says`]);
    assert.deepEqual(
      wanted.filter((key) => !Object.hasOwn(catalogue, key)),
      [],
    );
  });
}
