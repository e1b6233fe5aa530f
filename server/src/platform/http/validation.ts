import { Ajv2020, type ErrorObject, type FormatDefinition, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { TSchema } from '@samtal/contract/shared';
import { isNetwork } from '../networks/index.ts';
import { Refusal } from './refusal.ts';

/** Bodies are taken as they are: no value is converted, no unknown field is dropped, nothing is filled in. */
const exact = new Ajv2020({
  strict: true,
  allErrors: false,
  coerceTypes: false,
  removeAdditional: false,
  allowUnionTypes: true,
});
/** Paths and query strings have only text: numbers and booleans are read out of it. */
const fromText = new Ajv2020({
  strict: true,
  allErrors: false,
  coerceTypes: true,
  removeAdditional: false,
  allowUnionTypes: true,
});
for (const ajv of [exact, fromText]) {
  addFormats.default(ajv, ['uuid', 'email', 'date', 'date-time']);
  const { validate } = ajv.formats['date-time'] as FormatDefinition<string>;
  // A leap second (RFC 3339) is written well, and no moment that a computer knows.
  ajv.addFormat('date-time', (text) => isWritten(validate, text) && Number.isFinite(Date.parse(text)));
  ajv.addFormat('network', isNetwork);
}

function isWritten(validate: FormatDefinition<string>['validate'], text: string): boolean {
  return typeof validate === 'function' && validate(text);
}

/** Whether a value fits a schema, and where it does not. */
export interface Validator {
  (value: unknown): boolean;
  /** Of the last value that did not fit. */
  errors: ErrorObject[] | null | undefined;
}

export function compileExact(schema: TSchema): Validator {
  return compiledWhenAsked(exact, schema);
}

export function compileText(schema: TSchema): Validator {
  return compiledWhenAsked(fromText, schema);
}

/** There are hundreds of schemas, and a process that starts, or a test, needs few of them: each is compiled the first time it judges. */
function compiledWhenAsked(ajv: Ajv2020, schema: TSchema): Validator {
  let compiled: ValidateFunction | null = null;
  const validator = (value: unknown): boolean => {
    compiled ??= ajv.compile(schema);
    const fits = compiled(value);
    validator.errors = compiled.errors;
    return fits;
  };
  validator.errors = null as Validator['errors'];
  return validator;
}

/** Refuses what does not fit the schema, naming where and what was expected, never the value. */
export function validated(validate: Validator, value: unknown, where: 'body' | 'query' | 'path'): unknown {
  if (validate(value)) return value;
  throw new Refusal(where === 'path' ? 'not-found' : 'request.invalid', {
    fields: where === 'path' ? [] : (validate.errors ?? []).slice(0, 5).map((error) => fault(error, where)),
  });
}

function fault(error: ErrorObject, where: string): { pointer: string; problem: string } {
  // An unknown field's name is the caller's own text: it is not repeated.
  const expected =
    error.keyword === 'additionalProperties'
      ? 'holds a field that is not known here'
      : (error.message ?? 'does not fit');
  return { pointer: `/${where}${error.instancePath}`, problem: expected };
}
