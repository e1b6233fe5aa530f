import { Refusal } from '../../platform/http/index.ts';

/** The attributes of an object by their names in lower case: SCIM does not tell cases apart (RFC 7643, 2.1). */
export function attributesOf(value: unknown): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unfit('an object');
  return new Map(Object.entries(value).map(([name, each]) => [plainName(name), each]));
}

/** A name in lower case, and without the schema that it may be written with. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/^urn:ietf:params:scim:schemas:core:2\.0:(user|group):/, '');
}

/** A text that is not empty. */
export function textOf(value: unknown, most: number): string {
  if (typeof value !== 'string') throw unfit('text');
  const text = value.trim();
  // oxlint-disable-next-line no-control-regex -- no name has any
  if (text === '' || text.length > most || /[\u0000-\u001f\u007f]/.test(text)) throw unfit('text');
  return text;
}

/** A text, or null where there is none. */
export function optionalTextOf(value: unknown, most: number): string | null {
  return value === undefined || value === null || value === '' ? null : textOf(value, most);
}

/** Entra ID sends `"True"` and `"False"` unless it is told not to. */
export function switchOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (word === 'true' || word === 'false') return word === 'true';
  throw unfit('true or false');
}

/** One, or a list of them. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** As addresses are judged where people sign in by a provider: what is left of the last @ is the receiving server’s business. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(text);
}

export function unfit(expected: string): Refusal {
  return new Refusal('provisioning.value', {
    fields: [{ pointer: '/body', problem: `holds something else than ${expected} where that belongs` }],
  });
}
