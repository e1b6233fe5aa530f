import { ExportAccountConfiguration, ExportKeyConfiguration } from '@samtal/contract/statistics-export';
import { restorer } from '../../platform/history/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import { changeExportAccount } from './change-export-account.ts';
import { lockExportAccount } from './queries.ts';

/** An export account that was deleted has lost its keys: it is made anew, with new ones. */
export const restoreExportAccount = restorer(
  ExportAccountConfiguration,
  async (tx, caller, { objectId, body, note }) => {
    // Programs do not change it, so they do not change it back: that may take a bound away.
    if (caller.actor.kind === 'api-key') throw new Refusal('history.not-restorable');
    if ((await lockExportAccount(tx, caller.accountId, objectId)) === null)
      throw new Refusal('history.not-restorable');
    const { purpose, networks, expiresAt, disabled } = body;
    const changes = { purpose, networks, expiresAt, disabled };
    await changeExportAccount(tx, caller, { exportAccountId: objectId, changes, note });
  },
);

/** Nothing of a key is restored: whoever revoked it, or let it end, knew why. */
export const restoreExportKey = restorer(ExportKeyConfiguration, () =>
  Promise.reject(new Refusal('history.not-restorable')),
);
