import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isWeakerThanDefault, settingKeys, settings, type Setting } from './registry.ts';
import { isWeakerBy, type AnyWeaker } from './strength.ts';

/** Each pair: the weaker value, and the other one. */
const pairs: [AnyWeaker, unknown, unknown][] = [
  ['higher', 31, 30],
  ['higher', null, 3650],
  ['lower', 11, 12],
  ['lower', null, 0],
  ['on', true, false],
  ['off', false, true],
  ['more', ['a', 'b'], ['a']],
  ['more', ['b'], ['a']],
  ['fewer', ['a'], ['a', 'b']],
  ['fewer', [], [{ id: 'a' }]],
  [{ strongestFirst: ['a', 'b', 'c'] }, 'c', 'b'],
];

describe('the strength of a setting', () => {
  for (const [weaker, value, other] of pairs) {
    it(`${JSON.stringify(weaker)} makes ${JSON.stringify(value)} weaker than ${JSON.stringify(other)}, and nothing than itself`, () => {
      assert.ok(isWeakerBy(weaker, value, other));
      assert.ok(!isWeakerBy(weaker, value, value));
      assert.ok(!isWeakerBy(weaker, other, other));
      if (JSON.stringify(value) !== '["b"]') assert.ok(!isWeakerBy(weaker, other, value));
    });
  }

  it('is never less where nothing is weaker', () => {
    assert.ok(!isWeakerBy({ never: 'because' }, 1, 2));
    assert.ok(!isWeakerBy({ never: 'because' }, 2, 1));
  });

  it('is said of every sensitive setting, and knows every word that the setting may have', () => {
    for (const key of settingKeys) {
      const { sensitive, weaker, schema, default: usual }: Setting = settings[key];
      assert.equal(weaker !== undefined, sensitive, key);
      assert.ok(!isWeakerThanDefault(key, usual), key);
      if (typeof weaker !== 'object' || !('strongestFirst' in weaker)) continue;
      const { enum: words } = schema as { enum?: string[] };
      assert.deepEqual(weaker.strongestFirst.toSorted(), words?.toSorted(), key);
    }
  });
});
