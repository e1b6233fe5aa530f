/** What stands in for the `{name}` placeholders of a text. */
export type Values = Readonly<Record<string, string | number>>;

/** Fills `{name}` placeholders. One without a value stays, so that a mistake is seen. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(values[name] ?? placeholder));
}
