import {
  beginFactor,
  confirmFactor,
  listFactors,
  listFactorsOf,
  removeFactor,
  renameFactor,
  renewRecoveryCodes,
  resetFactors as resetFactorsEndpoint,
} from '@samtal/contract/signin';
import type { HttpServer } from '../../platform/http/index.ts';
import { presentFactors } from '../factors/index.ts';
import {
  beginOwnFactor,
  confirmOwnFactor,
  removeOwnFactor,
  renameOwnFactor,
  renewOwnRecoveryCodes,
} from './own-factors.ts';
import { readFactorsOf, resetFactors } from './reset-factors.ts';
import type { SigninRoutesParts } from './door.ts';

/** What people sign in with besides the password: their own, and that of users whom they manage. */
export function factorRoutes(http: HttpServer, { door, sessionsEnded }: SigninRoutesParts): void {
  const { database, messenger } = door;

  http.serve(listFactors, async ({ caller: { userId } }) =>
    database.read('platform', (tx) => presentFactors(tx, door, userId)),
  );

  http.serve(beginFactor, async ({ caller, body }) => await beginOwnFactor(door, caller, body));

  http.serve(confirmFactor, async ({ caller, params: { factorId }, body }) => {
    const { recoveryCodes, ended } = await confirmOwnFactor(door, caller, { factorId, shown: body });
    sessionsEnded(ended);
    return { recoveryCodes };
  });

  http.serve(renameFactor, async ({ caller, params: { factorId }, body: { name } }) => {
    await renameOwnFactor(door, caller, { factorId, name });
    return undefined;
  });

  http.serve(removeFactor, async ({ caller, params: { factorId } }) => {
    sessionsEnded(await removeOwnFactor(door, caller, factorId));
    return undefined;
  });

  http.serve(renewRecoveryCodes, async ({ caller }) => ({
    recoveryCodes: await renewOwnRecoveryCodes(door, caller),
  }));

  http.serve(listFactorsOf, async ({ caller: { accountId }, params: { userId } }) => ({
    items: await database.read('platform', (tx) => readFactorsOf(tx, { accountId, userId })),
  }));

  http.serve(resetFactorsEndpoint, async ({ caller, params: { userId } }) => {
    const { accountId } = caller;
    const { email, ended } = await database.transaction('platform', (tx) =>
      resetFactors(tx, { accountId, userId, giver: caller }),
    );
    sessionsEnded(ended);
    messenger.mailLater(email, { key: 'factors-reset' });
    return undefined;
  });
}
