import type { Database } from '../../platform/database/index.ts';
import type { Gate } from '../../platform/http/index.ts';
import { readInstallationSettings } from '../settings/index.ts';
import type { RateLimiter } from './limiter.ts';

/** Counts what people ask for: over all their accounts and sessions, by a limit that no page of ours comes near. */
export function userPace({
  database,
  limiter,
}: {
  database: Database;
  limiter: RateLimiter;
}): Pick<Gate, 'pace'> {
  const limitOf = async () =>
    await database.read(
      'platform',
      async (tx) => (await readInstallationSettings(tx))['api.user-requests-per-minute'],
    );
  return { pace: async ({ userId }) => await limiter.take(userId, limitOf) };
}
