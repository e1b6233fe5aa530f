import { listActivityReadings, lookUpAddress as lookUpAddressEndpoint } from '@samtal/contract/activity-log';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { lookUpAddress } from './look-up-address.ts';
import { readReadings } from './record-reading.ts';

export function activityLogRoutes(
  http: HttpServer,
  { database, keyring }: { database: Database; keyring: Keyring },
): void {
  http.serve(
    lookUpAddressEndpoint,
    async ({ caller, params: { conversationId }, body: { reason } }) =>
      await lookUpAddress({ database, keyring }, caller, { conversationId, reason }),
  );

  http.serve(
    listActivityReadings,
    async ({ caller: { accountId }, query }) =>
      await database.read(accountId, async (tx) => await readReadings(tx, keyring, accountId, query)),
  );
}
