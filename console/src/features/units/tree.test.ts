import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Unit } from '@samtal/contract/units';
import { branches, nameOfUnit, placesFor } from './tree.ts';

const unit = (id: string, parentId: string | null, kind: Unit['kind'] = 'region'): Unit => ({
  id,
  kind,
  name: id,
  parentId,
  queues: 0,
  version: 1,
});
const units = [
  unit('north', null),
  unit('south', null),
  unit('coast', 'north'),
  unit('town', 'south', 'team'),
  unit('desk', 'town', 'team'),
];

test('reads a tree from the top, each branch to its end', () => {
  assert.deepEqual(
    branches(units).map(({ id, level }) => `${level} ${id}`),
    ['0 north', '1 coast', '0 south', '1 town', '2 desk'],
  );
});

test('names a unit with those above it, and no unit not at all', () => {
  assert.equal(nameOfUnit('desk', units), 'south › town › desk');
  assert.equal(nameOfUnit(null, units), null);
  assert.equal(nameOfUnit('gone', units), null);
});

test('offers no place below itself, and regions no team', () => {
  const places = (id: string | null, kind: Unit['kind']) =>
    placesFor({ id, kind }, units).map((each) => each.id);
  assert.deepEqual(places('north', 'region'), ['south']);
  assert.deepEqual(places('town', 'team'), ['north', 'south', 'coast']);
  assert.deepEqual(places(null, 'region'), ['north', 'south', 'coast']);
});
