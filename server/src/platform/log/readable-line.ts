const colours: Record<string, string> = { debug: '90', info: '36', warn: '33', error: '31' };

/** Turns one JSON line of the log into one for people: time, level, event, then the fields. */
export function readableLine(line: string): string {
  const { time, level, event, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 19);
  const said = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  const head = `\u001b[90m${clock}\u001b[0m ${coloured(String(level))} ${[String(event), ...said].join(' ')}`;
  return `${[head, ...readableError(err)].join('\n')}\n`;
}

function coloured(level: string): string {
  return `\u001b[${colours[level] ?? '0'}m${level.padEnd(5)}\u001b[0m`;
}

function readableError(err: unknown): string[] {
  if (typeof err !== 'object' || err === null) return [];
  const { name, message, stack, cause, errors, ...rest } = err as Record<string, unknown>;
  const facts = Object.entries(rest).map(([key, value]) => `${key}=${String(value)}`);
  const told = [name, message, ...facts].filter((part) => part !== undefined).map(String);
  const frames = Array.isArray(stack) ? stack.map((frame) => `        at ${String(frame)}`) : [];
  return [
    `      ${told.join(' ')}`,
    ...frames,
    ...[cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])].flatMap(readableError),
  ];
}
