import type { UserConfiguration } from '@samtal/contract/users';
import type { Static } from '@samtal/contract/shared';
import type { StoredUser } from './queries.ts';

/** What there is versions of. */
export type Configured = Pick<StoredUser, 'name' | 'maxConversations' | 'status'>;

/**
 * What versions keep of a user (H1). The name stays out: versions outlive the membership, and can be changed by nobody. It
 * stands beside them (`recordUserVersion`), and goes with the membership.
 */
export function userBody({
  maxConversations,
  status,
}: Pick<Configured, 'maxConversations' | 'status'>): Omit<Static<typeof UserConfiguration>, 'name'> {
  return { maxConversations, ...(status === 'invited' ? {} : { status }) };
}
