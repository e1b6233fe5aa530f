import { fileURLToPath } from 'node:url';
import { OperationalError } from './operational-error.ts';

/** What the log says of an error. Frames are `function (file:line:column)`, files relative to the checkout. */
export interface DescribedError {
  name: string;
  code?: string;
  message?: string;
  /** Names from the schema that PostgreSQL reports. */
  constraint?: string;
  table?: string;
  stack?: string[];
  cause?: DescribedError;
  /** What failed, where several things did: the first of them. */
  errors?: DescribedError[];
}

const checkout = fileURLToPath(new URL('../../../../', import.meta.url));
const identifier = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
const errorCode = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+){0,10}$/;
const frame =
  /^ {4}at (?:(async )?((?:new )?[\w$.#<>[\]]+(?: \[as [\w$]+\])?) \()?((?:file:\/\/|node:|\/)[^\s():]+):(\d+):(\d+)\)?$/;
const mostFrames = 20;
const mostCauses = 3;
const mostErrors = 5;

/**
 * An error without its message, since PostgreSQL, JSON parsers and many libraries quote values in theirs.
 * Only an {@link OperationalError} keeps it. Anything that is not an error is described by its type alone.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: `thrown-${typeof error}` };
  const { code, constraint, table } = error as { code?: unknown; constraint?: unknown; table?: unknown };
  const described: DescribedError = { name: identifier.test(error.name) ? error.name : 'Error' };
  if (typeof code === 'string' && code.length <= 64 && errorCode.test(code)) described.code = code;
  if (error instanceof OperationalError) described.message = printable(error.message);
  if (typeof constraint === 'string' && identifier.test(constraint)) described.constraint = constraint;
  if (typeof table === 'string' && identifier.test(table)) described.table = table;
  const stack = framesOf(error);
  if (stack.length > 0) described.stack = stack;
  if (error.cause !== undefined && depth < mostCauses)
    described.cause = describeError(error.cause, depth + 1);
  if (error instanceof AggregateError && depth < mostCauses)
    described.errors = error.errors
      .slice(0, mostErrors)
      .map((each: unknown) => describeError(each, depth + 1));
  return described;
}

/** Operational messages may quote a path or a setting, and those may hold anything. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 2_000);
}

// NOTE: `stack` begins with the message, which may have lines that look like frames. So what precedes the end of the
// message is cut off, and a frame counts only if it lies in Node or in this checkout.
function framesOf(error: Error): string[] {
  const stack = typeof error.stack === 'string' ? error.stack : '';
  const from = error.message === '' ? 0 : stack.indexOf(error.message) + error.message.length;
  const found: string[] = [];
  for (const line of stack.slice(from).split('\n')) {
    const [, , name = '(anonymous)', location = '', row, column] = frame.exec(line) ?? [];
    const place = placeOf(location);
    if (place !== null) found.push(`${name} (${place}:${row}:${column})`);
    if (found.length === mostFrames) break;
  }
  return found;
}

function placeOf(location: string): string | null {
  if (location.startsWith('node:')) return location;
  const path = location.replace(/^file:\/\//, '');
  return path.startsWith(checkout) ? path.slice(checkout.length) : null;
}
