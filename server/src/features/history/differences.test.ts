import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences } from './differences.ts';

describe('differences', () => {
  it('name the fields that differ, with what stood there before and after', () => {
    assert.deepEqual(
      differences({ a: 1, b: { c: 'x', d: true } }, { a: 1, b: { c: 'y', d: true }, e: null }),
      [
        { path: ['b', 'c'], before: 'x', after: 'y' },
        { path: ['e'], after: null },
      ],
    );
  });

  it('are none between the same things, in whatever order their fields stand', () => {
    assert.deepEqual(differences({ a: [1, { b: 2, c: 3 }] }, { a: [1, { c: 3, b: 2 }] }), []);
  });

  it('go by name within a list of named things, and not by place', () => {
    const before = [
      { key: 'one', label: 'One' },
      { key: 'two', label: 'Two' },
    ];
    const after = [{ key: 'two', label: 'Second' }];
    assert.deepEqual(differences({ list: before }, { list: after }), [
      { path: ['list', 'one'], before: { key: 'one', label: 'One' } },
      { path: ['list', 'two', 'label'], before: 'Two', after: 'Second' },
    ]);
  });

  it('show a list whole when its items have no names, or only their order is another', () => {
    assert.deepEqual(differences({ list: ['a', 'b'] }, { list: ['b'] }), [
      { path: ['list'], before: ['a', 'b'], after: ['b'] },
    ]);
    const [one, two] = [{ id: '1' }, { id: '2' }];
    assert.deepEqual(differences([one, two], [two, one]), [
      { path: [], before: [one, two], after: [two, one] },
    ]);
  });

  it('tell nothing from null, and a list from an object', () => {
    assert.deepEqual(differences(undefined, null), [{ path: [], after: null }]);
    assert.deepEqual(differences({ a: [] }, { a: {} }), [{ path: ['a'], before: [], after: {} }]);
  });
});
