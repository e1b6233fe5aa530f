import { Refusal, type Member } from '../../platform/http/index.ts';
import type { By } from './desk.ts';

/** A member as who lets a conversation change state. An operator looks, and takes no part (B4). */
export function byMember({ actor: { kind, id }, name }: Member): By {
  if (kind === 'operator') throw new Refusal('operator-access.not-for-operators');
  return { kind, id, name };
}
