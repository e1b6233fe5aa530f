import { Refusal } from '../../platform/http/index.ts';

/**
 * Refuses with provisioning.changed-meanwhile where a condition is given and names another version (RFC 9110, 13.1.1). Ours are weak
 * tags, and SCIM compares them all the same (RFC 7644, 3.14).
 */
export function refuseIfChanged(ifMatch: string | undefined, version: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  if (!ifMatch.split(',').some((tag) => opaque(tag) === opaque(version)))
    throw new Refusal('provisioning.changed-meanwhile');
}
