import type { DeclaredAttribute } from '@samtal/contract/visitors';
import type { JWTPayload } from 'jose';
import { refuse } from './verify-ticket.ts';

/**
 * What a ticket says of the attributes that the account has declared to be said by one, by attribute. Whatever else it says is
 * dropped (D2). Refuses with tickets.refused where a claim is no text that an attribute could hold.
 */
export function claimedValues(
  claims: JWTPayload,
  declared: Iterable<DeclaredAttribute>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { key, claim } of declared) {
    if (claim === undefined || !Object.hasOwn(claims, claim)) continue;
    const said = claims[claim];
    const text = typeof said === 'string' || typeof said === 'number' ? String(said) : '';
    if (text.trim() === '' || text.length > 500) refuse(`${claim} has to be a text of 1 to 500 characters`);
    values[key] = text;
  }
  return values;
}
