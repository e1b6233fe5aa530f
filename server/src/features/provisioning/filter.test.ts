import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Refusal } from '../../platform/http/index.ts';
import { parseFilter } from './filter.ts';

it('reads comparisons as directories write them, names in any case and with their schema', () => {
  assert.deepEqual(parseFilter('userName eq "vera@almvik.example"'), [
    { attribute: 'username', value: 'vera@almvik.example' },
  ]);
  assert.deepEqual(parseFilter(String.raw`externalId EQ "a \"b\" and c" and active eq True`), [
    { attribute: 'externalid', value: 'a "b" and c' },
    { attribute: 'active', value: true },
  ]);
  assert.deepEqual(parseFilter('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "x"'), [
    { attribute: 'username', value: 'x' },
  ]);
  assert.deepEqual(parseFilter('emails[type eq "work"].value eq "x"'), [
    { attribute: 'emails.type', value: 'work' },
    { attribute: 'emails.value', value: 'x' },
  ]);
  assert.deepEqual(parseFilter('id eq "1" and members[value eq "2"]'), [
    { attribute: 'id', value: '1' },
    { attribute: 'members.value', value: '2' },
  ]);
});

it('leaves values alone, whatever they look like', () => {
  const value = 'urn:ietf:params:scim:schemas:core:2.0:User:x] and (y eq "';
  assert.deepEqual(parseFilter(`userName eq ${JSON.stringify(value)}`), [{ attribute: 'username', value }]);
});

for (const filter of [
  '',
  'userName',
  'userName eq',
  'userName eq "',
  'userName eq x',
  'userName eq 1',
  'userName co "x"',
  'userName pr',
  'not (userName eq "x")',
  'userName eq "x" or userName eq "y"',
  'userName eq "x" userName eq "y"',
  'userName eq "x" and',
  '(userName eq "x")',
  'emails[type eq "work"]..value eq "x"',
  'emails[type eq "work"].value',
  'members[value eq "2"] eq "2"',
  "userName eq 'x'; drop table membership",
  Array.from({ length: 6 }, () => 'id eq "x"').join(' and '),
])
  it(`refuses the filter ${filter.slice(0, 60)}`, () => {
    assert.throws(
      () => parseFilter(filter),
      (error) => error instanceof Refusal && error.code === 'provisioning.filter',
    );
  });

it('is done with the most adverse filters of the longest length at once', () => {
  const began = performance.now();
  for (const filter of [
    `a eq "${'\\"'.repeat(240)}`,
    'a'.repeat(500),
    `a[b eq "${' '.repeat(480)}`,
    ' '.repeat(500),
    'a.'.repeat(250),
  ])
    assert.throws(() => parseFilter(filter));
  assert.ok(performance.now() - began < 200);
});
