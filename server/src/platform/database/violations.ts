import { DatabaseError } from 'pg';

/** Whether an insert or update failed because a value that must be unique is taken, and under which constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof DatabaseError &&
    error.code === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}
