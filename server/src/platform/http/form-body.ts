import { Refusal } from './refusal.ts';

/** A form (application/x-www-form-urlencoded) as an object. A field that comes twice is refused (RFC 6749, 3.2). */
export function formOf(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) throw new Refusal('request.invalid');
    // RFC 6749, 3.2: a parameter without a value is one that was left out.
    if (value !== '') fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
