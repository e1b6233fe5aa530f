import { changeAccount as changeAccountEndpoint, getAccount } from '@samtal/contract/accounts';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { changeAccount } from './change-account.ts';
import { presentAccount } from './presenter.ts';
import { readAccount } from './queries.ts';

export function accountsRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(getAccount, async ({ caller: { accountId } }) => {
    const account = await database.read(accountId, (tx) => readAccount(tx, accountId));
    return presentAccount(found(account));
  });

  http.serve(changeAccountEndpoint, async ({ caller, body }) => {
    const { accountId } = caller;
    const account = await database.transaction(accountId, async (tx) => {
      await changeAccount(tx, caller, changeOf(body));
      return await readAccount(tx, accountId);
    });
    return presentAccount(found(account));
  });
}
