import { getSelfCheck } from '@samtal/contract/self-check';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { findWeakerSettings } from './weaker-settings.ts';

export function selfCheckRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(
    getSelfCheck,
    async ({ caller: { accountId } }) =>
      await database.read(accountId, async (tx) => await findWeakerSettings(tx, accountId)),
  );
}
