import { DestinationConfiguration } from '@samtal/contract/audit';
import { restorer } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { changeDestination, readDestinations } from './destinations.ts';

/** Restores name and pause. One that was deleted cannot come back: its secret is forgotten. */
export const restoreDestination = restorer(
  DestinationConfiguration,
  async (tx, { accountId, actor }, { objectId, body: { name, active }, note }) => {
    const [known] = await readDestinations(tx, accountId, objectId);
    if (known === undefined) throw new Refusal('history.not-restorable');
    await changeDestination(tx, { account: accountId, id: objectId, actor, changes: { name, active }, note });
  },
);
