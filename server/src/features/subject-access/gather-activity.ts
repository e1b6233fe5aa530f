import type { SubjectActivity } from '@samtal/contract/subject-access';
import type { ReadTx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { activityOfConversation, type ActivityEntry } from '../activity-log/index.ts';

/** What the activity log still says of a visitor session. */
export async function gatherActivity(
  tx: ReadTx,
  keyring: Keyring,
  account: string,
  visitorId: string,
): Promise<SubjectActivity[]> {
  const entries = await activityOfConversation(tx, keyring, account, { visitor_id: visitorId });
  return entries.map(presentActivity);
}

export function presentActivity({ at, kind, address, agent, path }: ActivityEntry): SubjectActivity {
  return { at: at.toISOString(), kind, address, agent, path };
}
