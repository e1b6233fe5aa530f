import type { MaskingKey, MaskingOverrides } from '@samtal/contract/masking';
import type { Pending } from '../settings/index.ts';

/** Changes of masking as they are sent. */
export function draftOf(pending: Pending): { set: MaskingOverrides; unset: MaskingKey[] } {
  const set: Record<string, unknown> = {};
  const unset: MaskingKey[] = [];
  // The page shows settings of masking and no others, and its editors give what the schema of each takes.
  for (const [key, change] of pending) {
    if (change === 'unset') unset.push(key as MaskingKey);
    else set[key] = change.value;
  }
  return { set, unset };
}
