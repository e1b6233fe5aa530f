import { scimLimits } from '@samtal/contract/provisioning';
import { Refusal } from '../../platform/http/index.ts';

/** One comparison of a filter: an attribute, in lower case and without what narrows it, equals a value. */
export interface Comparison {
  readonly attribute: string;
  readonly value: string | boolean;
}

const name = String.raw`[a-z][\w$-]*`;
const text = String.raw`"(?:[^"\\]|\\.)*"`;
const literal = `(?:${text}|true|false)`;
const narrowing = String.raw`\[\s*(?<sub>${name})\s+eq\s+(?<subValue>${literal})\s*\]`;
const comparison = new RegExp(
  String.raw`\s*(?<attribute>${name})(?:${narrowing})?(?:\.(?<part>${name}))?(?:\s+eq\s+(?<value>${literal}))?\s*`,
  'iy',
);
const and = /and(?=\s)/iy;
const prefix = /urn:ietf:params:scim:schemas:core:2\.0:(?:User|Group):/giu;

/**
 * Reads a filter (RFC 7644, 3.4.2.2) as directories send them: comparisons with `eq`, joined by `and`. Each is seen once from left
 * to right, so that no filter takes long. Refuses everything else with provisioning.filter.
 */
export function parseFilter(filter: string): Comparison[] {
  const plain = withoutPrefix(filter);
  const comparisons: Comparison[] = [];
  let at = 0;
  for (;;) {
    comparison.lastIndex = at;
    const groups = comparison.exec(plain)?.groups;
    if (groups === undefined || comparisons.length === scimLimits.comparisons) throw refused();
    at = comparison.lastIndex;
    comparisons.push(...comparisonsOf(groups));
    if (at === plain.length) return comparisons;
    and.lastIndex = at;
    if (!and.test(plain)) throw refused();
    at = and.lastIndex;
  }
}

/** `emails[type eq "work"].value eq "x"` and `members[value eq "x"]`, like `emails.value eq "x"` and `members eq "x"`. */
function comparisonsOf(groups: Record<string, string | undefined>): Comparison[] {
  const { attribute = '', sub, subValue, part, value } = groups;
  const whole = attribute.toLowerCase();
  const found: Comparison[] = [];
  if (sub !== undefined)
    found.push({ attribute: `${whole}.${sub.toLowerCase()}`, value: literalOf(subValue) });
  if (value !== undefined)
    found.push({
      attribute: part === undefined ? whole : `${whole}.${part.toLowerCase()}`,
      value: literalOf(value),
    });
  const isWhole = sub === undefined ? value !== undefined : (part === undefined) === (value === undefined);
  if (!isWhole) throw refused();
  return found;
}

/** What follows a name without its schema; values are left as they are. */
function withoutPrefix(filter: string): string {
  return filter.replaceAll(/"(?:[^"\\]|\\.)*"|urn:[\w:.]+:/giu, (found) =>
    found.startsWith('"') ? found : found.replaceAll(prefix, ''),
  );
}

function literalOf(written: string | undefined): string | boolean {
  try {
    return JSON.parse(
      /^(true|false)$/i.test(written ?? '') ? (written ?? '').toLowerCase() : (written ?? ''),
    ) as string | boolean;
  } catch {
    throw refused();
  }
}

function refused(): Refusal {
  return new Refusal('provisioning.filter');
}
