import { Refusal } from '../http/index.ts';

/** What a value of a cursor must look like, since it goes into a query as that. */
const shapes = {
  text: /^/,
  id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  number: /^\d{1,9}$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/,
};

/** Where the next page of a list starts: the values that the list is ordered by, in the last row shown. Opaque to clients. */
export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a cursor, or null without one. Refuses a cursor that this list cannot have given out. */
export function decodeCursor(
  cursor: string | undefined,
  expected: readonly (keyof typeof shapes)[],
): string[] | null {
  if (cursor === undefined) return null;
  const values = parsed(Buffer.from(cursor, 'base64url').toString('utf8'));
  const fits =
    Array.isArray(values) &&
    values.length === expected.length &&
    expected.every((shape, index) => typeof values[index] === 'string' && shapes[shape].test(values[index]));
  if (fits) return values as string[];
  throw new Refusal('request.invalid', {
    fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }],
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
