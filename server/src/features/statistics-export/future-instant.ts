import { Refusal } from '../../platform/http/index.ts';

/** Refuses with statistics-export.in-the-past. */
export function futureInstant(asked: string | null): Date | null {
  if (asked === null) return null;
  const instant = new Date(asked);
  if (Number.isNaN(instant.getTime()) || instant <= new Date())
    throw new Refusal('statistics-export.in-the-past');
  return instant;
}
