import { Refusal } from '../../platform/http/index.ts';

/** How far a search has come. Nothing of it is kept here; the words come with each request. */
export interface Progress {
  /** The place in the list of conversations; null once it was searched to its end. */
  readonly next: string | null;
  readonly searched: number;
  /** How many there were when it began. */
  readonly total: number;
}

export function writeCursor({ next, searched, total }: Progress): string | null {
  return next === null ? null : `${next}.${searched}.${total}`;
}

export function readCursor(cursor: string): Progress {
  const [, next, searched, total] = /^([\w-]{1,200})\.(\d{1,9})\.(\d{1,9})$/.exec(cursor) ?? [];
  if (next === undefined)
    throw new Refusal('request.invalid', {
      fields: [{ pointer: '/body/cursor', problem: 'is not a cursor of this search' }],
    });
  return { next, searched: Number(searched), total: Number(total) };
}
