import { GrantConfiguration } from '@samtal/contract/access';
import { restorer } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { giveRole } from './give-role.ts';

/** Gives a role again that was withdrawn. A grant that stands never changed, so there is nothing to restore then. */
export const restoreGrant = restorer(GrantConfiguration, async (tx, giver, { objectId, body, note }) => {
  const grant = await giveRole(tx, giver.accountId, { giver, ...body, id: objectId, note });
  // The user holds the same by another grant: nothing was made.
  if (grant.id !== objectId) throw new Refusal('history.not-restorable');
});
