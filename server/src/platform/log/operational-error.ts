/**
 * An error about the running of the server itself. Its message is written for the operator and reaches the log and the
 * terminal, so it must never be made from anything a visitor, an agent or a database row supplied.
 */
export class OperationalError extends Error {
  override readonly name: string = 'OperationalError';
  /** Stable, for alarms: lower-case words with hyphens. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
