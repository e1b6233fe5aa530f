import { Refusal } from '../http/index.ts';

/** Where the next page of a list starts: the values that the list is ordered by, in the last row shown. Opaque to clients. */
export function encodeCursor(values: readonly string[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/** The values of a cursor with so many of them; null without a cursor. Refuses one that this list did not give out. */
export function decodeCursor(cursor: string | undefined, count: number): string[] | null {
  if (cursor === undefined) return null;
  const values = parsed(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (Array.isArray(values) && values.length === count && values.every((value) => typeof value === 'string')) {
    return values;
  }
  throw new Refusal('request.invalid', { fields: [{ pointer: '/query/cursor', problem: 'is not a cursor of this list' }] });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
