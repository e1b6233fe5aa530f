import { DatabaseError } from 'pg';

/** Whether an insert or update failed because a value that must be unique is taken, and under which constraint. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof DatabaseError &&
    error.code === '23505' &&
    (constraint === undefined || error.constraint === constraint)
  );
}

/** Whether an insert or update failed because what it refers to is not there, or no more. */
export function isReferenceViolation(error: unknown): boolean {
  return hasSqlState(error, '23503');
}

/** Whether the database refused with this SQLSTATE; those that begin with `SM` are raised by functions of our own. */
export function hasSqlState(error: unknown, state: string): boolean {
  return error instanceof DatabaseError && error.code === state;
}

/**
 * Whether an error came from the connection to the database and not from what was asked: there was none, or it ended
 * (SQLSTATE classes 08, 53 and 57; anything that the database itself did not say).
 */
export function isConnectionFailure(error: unknown): boolean {
  if (error instanceof DatabaseError) return /^(08|53|57)/.test(error.code ?? '');
  const { code, syscall } = error as { code?: string; syscall?: string };
  return (
    syscall !== undefined || code === 'ECONNRESET' || /[Cc]onnection|timeout/.test((error as Error).message)
  );
}
