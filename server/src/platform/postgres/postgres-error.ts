import { OperationalError } from '../log/index.ts';

/** Why the embedded database cannot start or be reached, with what to do about it. */
export class PostgresError extends OperationalError {
  override readonly name = 'PostgresError';
}
