/** What an entry says beside who, what and to what, as pairs to show. What is empty or null says nothing. */
export function entryDetails(
  details: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>>,
): { name: string; value: string }[] {
  return Object.entries(details).flatMap(([name, value]) => {
    const text = textOf(value);
    return text === '' ? [] : [{ name, value: names[text] ?? shortId(text) }];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Enough of an id to tell it from others at a glance. */
export function shortId(id: string): string {
  return /^[0-9a-f]{8}-/.test(id) ? id.slice(0, 8) : id;
}
