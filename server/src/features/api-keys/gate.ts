import type { Database } from '../../platform/database/index.ts';
import { anyone, Refusal, type Gate } from '../../platform/http/index.ts';
import type { RateLimiter } from '../rate-limits/index.ts';
import { admitKey, recordRefusedKey, refusalOfFault } from './admit-key.ts';
import { readCredential } from './key-form.ts';
import { prove } from './prove.ts';

/** Lets programs in that show a key, or a token that they got for one (C8). */
export function apiKeyGate({
  database,
  limiter,
}: {
  database: Database;
  limiter: RateLimiter;
}): Pick<Gate, 'program'> {
  return {
    program: async (request, bearer, accountId) => {
      const credential = readCredential(bearer);
      const key =
        credential === null
          ? null
          : await database.read('platform', async (tx) => await prove(tx, credential));
      if (credential === null || key === null) throw new Refusal('api-keys.refused');
      // A program that goes on and on costs one look at its key.
      const exhausted = limiter.exhausted(key.keyId);
      if (exhausted !== null) return { member: null, pace: exhausted };
      const admitted = await admitKey(database, key, { from: anyone(request), mode: credential.kind });
      if ('fault' in admitted) {
        await recordRefusedKey(database, key, admitted.fault);
        throw refusalOfFault(admitted.fault);
      }
      // Whatever is there of another account, for this key there is nothing.
      if (key.accountId !== accountId) throw new Refusal('not-found');
      const { member, settings } = admitted;
      return { member, pace: await limiter.take(key.keyId, () => settings['api.requests-per-minute']) };
    },
  };
}
