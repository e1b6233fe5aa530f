/** Strings of a JSON text, those that are names with the colon after them. */
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs;

/**
 * Whether no object of a JSON text has a name twice (RFC 8259, 4; RFC 7493, 2.3): which of the two counts, whoever reads it decides for
 * themselves. `value` is what the text was read as.
 */
export function hasUniqueNames(text: string, value: unknown): boolean {
  let names = 0;
  for (const [, colon] of text.matchAll(strings)) if (colon !== undefined) names += 1;
  return names === namesIn(value);
}

function namesIn(value: unknown): number {
  const waiting = [value];
  let names = 0;
  while (waiting.length > 0) {
    const one = waiting.pop();
    if (typeof one !== 'object' || one === null) continue;
    const parts: unknown[] = Object.values(one);
    if (!Array.isArray(one)) names += parts.length;
    for (const part of parts) waiting.push(part);
  }
  return names;
}
