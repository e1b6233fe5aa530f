import type { UserConfiguration } from '@samtal/contract/users';
import type { Static } from '@samtal/contract/shared';
import type { StoredUser } from './queries.ts';

/** What versions keep of a user (H1). Names stay out: versions outlive the membership, and can be changed by nobody. */
export function userBody({
  maxConversations,
  status,
}: Pick<StoredUser, 'maxConversations' | 'status'>): Static<typeof UserConfiguration> {
  return { maxConversations, ...(status === 'invited' ? {} : { status }) };
}
