import { getSelfCheck } from '@samtal/contract/self-check';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import { readEndingCertificates } from '../federation/index.ts';
import { readLeftKeys } from '../statistics-export/index.ts';
import { findWeakerSettings } from './weaker-settings.ts';

const dayMs = 86_400_000;

export function selfCheckRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(
    getSelfCheck,
    async ({ caller: { accountId } }) =>
      await database.read(accountId, async (tx) => ({
        weaker: await findWeakerSettings(tx, accountId),
        certificates: (await readEndingCertificates(tx, accountId)).map(({ endsAt, ...provider }) => ({
          ...provider,
          endsAt: endsAt.toISOString(),
          days: Math.floor((endsAt.getTime() - Date.now()) / dayMs),
        })),
        keys: (await readLeftKeys(tx, accountId)).map(({ exportAccountId, name, keyId, left }) => ({
          exportAccountId,
          name,
          keyId,
          left,
        })),
      })),
  );
}
