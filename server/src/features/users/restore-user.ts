import { UserConfiguration } from '@samtal/contract/users';
import { restorer, type Restore } from '../../platform/history/index.ts';
import { changeUser } from './change-user.ts';
import type { BeforeLeaving } from './leaving.ts';

/** Restores a user’s name, limit and status; of a version whose name is not known, limit and status. One who was removed has to be invited again: nobody becomes a member unasked. */
export function userRestorer(beforeLeaving: BeforeLeaving): Restore {
  return restorer(UserConfiguration, async (tx, giver, { objectId, body, note }) => {
    await changeUser(tx, giver.accountId, { giver, userId: objectId, changes: body, note, beforeLeaving });
  });
}
