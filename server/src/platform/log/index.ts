import { pino, type DestinationStream, type Logger } from 'pino';
import { describeError } from './describe-error.ts';
import { allowedFields, type LogFields } from './fields.ts';
import { readableLine } from './readable-line.ts';

export type { LogFields } from './fields.ts';
export { OperationalError } from './operational-error.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Only a literal will do, so that no value can become part of an event's name. */
type Literal<Name extends string> = string extends Name ? never : Name;

type Write = <Event extends string>(event: Literal<Event>, fields?: LogFields, error?: unknown) => void;

/**
 * The log. A line is an event's name (`server-started`: lower-case words with hyphens), allowed fields, and an error
 * without its message. Nothing else can be said, so personal data has no way in.
 */
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A log whose every line carries these fields too. */
  with(fields: LogFields): Log;
}

export interface LogOptions {
  /** Where lines go: standard output unless told. */
  readonly destination?: DestinationStream;
  readonly level?: LogLevel;
  /** Lines for people instead of JSON: when standard output is a terminal, unless told. */
  readonly readable?: boolean;
}

/** Opens the log. */
export function createLog({ destination, level = 'info', readable }: LogOptions = {}): Log {
  const out = destination ?? pino.destination({ fd: 1, sync: true });
  const forPeople = readable ?? (destination === undefined && process.stdout.isTTY);
  const stream = forPeople ? { write: (line: string) => out.write(readableLine(line)) } : out;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return logOver(logger, {});
}

function logOver(logger: Logger, always: Record<string, string | number>): Log {
  const writer =
    (level: LogLevel): Write =>
    (event, fields, error) => {
      if (!logger.isLevelEnabled(level)) return;
      const line = { event: eventName(event), ...always, ...allowedFields(fields ?? {}) };
      logger[level](error === undefined ? line : { ...line, err: describeError(error) });
    };
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    with: (fields) => logOver(logger, { ...always, ...allowedFields(fields) }),
  };
}

function eventName(event: string): string {
  return /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(event) && event.length <= 64 ? event : 'event-misnamed';
}
