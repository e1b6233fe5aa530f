import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpoints } from '@samtal/contract';
import { Instant, Type } from '@samtal/contract/shared';
import { compileExact, compileText } from './validation.ts';

test('every schema of the contract can be compiled, although each is only when it is needed', () => {
  for (const { id, params, query, body, response } of endpoints) {
    if (params !== undefined) judges(compileText, params, id);
    if (query !== undefined) judges(compileText, query, id);
    if (body !== undefined) judges(compileExact, body, id);
    if (response !== undefined) judges(compileExact, response, id);
  }
});

test('a schema that is none is found out when it is needed', () => {
  const validate = compileExact(Type.Unsafe({ type: 'whole-number' }));
  assert.throws(() => validate(1), /schema is invalid/);
});

test('says of the last value where it did not fit', () => {
  const validate = compileExact(Type.Object({ seconds: Type.Integer() }));
  assert.equal(validate({ seconds: 'two' }), false);
  assert.equal(validate.errors?.[0]?.instancePath, '/seconds');
  assert.equal(validate({ seconds: 2 }), true);
  assert.equal(validate.errors, null);
});

test('takes an instant for one that is a moment, however well another is written', () => {
  const validate = compileExact(Instant);
  for (const text of ['2026-11-26T10:00:00Z', '2026-11-26T10:00:00.123+01:00'])
    assert.ok(validate(text), text);
  for (const text of ['2016-12-31T23:59:60Z', '2026-02-30T10:00:00Z', '2026-11-26', 'now'])
    assert.ok(!validate(text), text);
});

function judges(
  compile: typeof compileExact,
  schema: Parameters<typeof compileExact>[0],
  endpoint: string,
): void {
  assert.doesNotThrow(() => compile(schema)(undefined), endpoint);
}
