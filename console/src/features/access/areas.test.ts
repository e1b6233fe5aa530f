import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { authorisationNames, type Role } from '@samtal/contract/access';
import { authorisationsByArea, holdableBy, inherited } from './areas.ts';

const role = (id: string, roles: string[], allows: Role['allows'] = []): Role => ({
  id,
  builtIn: null,
  name: id,
  authorisations: [],
  roles,
  allows,
  version: 1,
});

test('sorts authorisations by what they are about', () => {
  const areas = authorisationsByArea();
  assert.deepEqual(areas.get('users'), ['users.read', 'users.manage', 'users.provision']);
  assert.ok(areas.has('canned-replies'));
});

test('offers no role that would make a role hold itself', () => {
  const roles = [role('top', ['middle']), role('middle', ['low']), role('low', []), role('other', [])];
  assert.deepEqual(
    holdableBy('low', roles).map((each) => each.id),
    ['other'],
  );
  assert.deepEqual(holdableBy(null, roles).length, 4);
});

test('gathers everything that comes with held roles, and says with which', () => {
  const roles = [role('a', [], ['users.read', 'sites.read']), role('b', [], ['users.read'])];
  const from = [...inherited(['a', 'b'], roles)].map(([name, held]) => [name, held.map(({ id }) => id)]);
  assert.deepEqual(from, [
    ['users.read', ['a', 'b']],
    ['sites.read', ['a']],
  ]);
});

for (const locale of ['en', 'sv']) {
  test(`every authorisation, and what it is about, has a name in ${locale}`, () => {
    const file = new URL(`../../../../contract/text/console/${locale}.json`, import.meta.url);
    const catalogue = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const wanted = [
      ...[...authorisationsByArea().keys()].map((area) => `area.${area}`),
      ...authorisationNames.map((name) => `authorisation.${name}`),
    ];
    assert.deepEqual(
      wanted.filter((key) => !Object.hasOwn(catalogue, key)),
      [],
    );
  });
}
