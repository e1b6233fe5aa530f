import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpoints } from '@samtal/contract';
import { Type } from '@samtal/contract/shared';
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

function judges(
  compile: typeof compileExact,
  schema: Parameters<typeof compileExact>[0],
  endpoint: string,
): void {
  assert.doesNotThrow(() => compile(schema)(undefined), endpoint);
}
