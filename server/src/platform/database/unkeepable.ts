/** A value that the database cannot keep as it is. Says nothing of the value. */
class UnkeepableError extends Error {
  override readonly name = 'UnkeepableError';
  /** PostgreSQL's own word for it (SQLSTATE character_not_in_repertoire). */
  readonly code = '22021';
}

/**
 * Refuses text that would come back changed: PostgreSQL keeps no U+0000, and half of a surrogate pair has no form in
 * UTF-8, so that it would be replaced in silence. What is encrypted is kept as JSON, and comes back as it was.
 */
export function refuseUnkeepable(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value === 'string' && (!value.isWellFormed() || value.includes('\0'))) {
      throw new UnkeepableError('The text cannot be kept as it is');
    }
    if (Array.isArray(value)) refuseUnkeepable(value);
  }
}
