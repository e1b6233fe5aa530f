import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { hasUniqueNames } from './unique-names.ts';

const isFine = (text: string) => hasUniqueNames(text, JSON.parse(text));

it('finds a name that comes twice, however deep and however it is written', () => {
  assert.ok(!isFine('{"a":1,"a":1}'));
  assert.ok(!isFine('[{"b":[{"a":1,\n"a" \t:{}}]}]'));
  assert.ok(!isFine('{"a":1,"\\u0061":2}'), 'the same letter, written otherwise');
  assert.ok(!isFine('{"\\"":1,"\\"":2}'));
});

it('takes no text for a name, and the same name in different objects for what it is', () => {
  assert.ok(isFine('{"a":{"a":1},"b":[{"a":1},{"a":1}]}'));
  assert.ok(isFine('{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\\\","c":"x\\": "}'));
  assert.ok(isFine('["a","a",":","\\":"]'));
  assert.ok(isFine('"a"') && isFine('null') && isFine('{}'));
});

it('takes whatever JSON.stringify writes', () => {
  fc.assert(fc.property(fc.json({ maxDepth: 6 }), (text) => isFine(text)));
});
