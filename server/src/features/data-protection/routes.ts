import { getDataProtectionRecord } from '@samtal/contract/data-protection';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { buildRecord } from './build-record.ts';

export function dataProtectionRoutes(
  http: HttpServer,
  { database, version, filesScanned }: { database: Database; version: string; filesScanned: boolean },
): void {
  http.serve(
    getDataProtectionRecord,
    async ({ caller: { accountId } }) =>
      await database.read(
        accountId,
        async (tx) => await buildRecord(tx, accountId, { version, filesScanned }),
      ),
  );
}
