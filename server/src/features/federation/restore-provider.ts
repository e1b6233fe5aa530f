import { IdentityProviderConfiguration } from '@samtal/contract/federation';
import { restorer } from '../../platform/history/index.ts';
import { changeProvider } from './providers.ts';

/** Makes a provider again what it was. One that was deleted cannot come back: our key towards it is forgotten. */
export const restoreProvider = restorer(
  IdentityProviderConfiguration,
  async (tx, caller, { objectId: id, body: changes, note }) =>
    await changeProvider(tx, caller, { id, changes, note }),
);
