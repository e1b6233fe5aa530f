import { GrantConfiguration } from '@samtal/contract/access';
import { restorer } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { giveRole } from './give-role.ts';

/** Gives a role again that was withdrawn, for what it was given for. A grant that stands is no other than it was. */
export const restoreGrant = restorer(
  GrantConfiguration,
  async (tx, giver, { objectId, body: { purpose = '', ...grant }, note }) => {
    const reason = purpose === '' ? note.reason : purpose;
    const given = await giveRole(tx, giver.accountId, {
      giver,
      ...grant,
      id: objectId,
      note: { ...note, reason },
    });
    // The user holds the same by another grant: nothing was made.
    if (given.id !== objectId) throw new Refusal('history.not-restorable');
  },
);
