import * as contract from '@samtal/contract/tickets';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readSite } from '../sites/index.ts';
import { issueTicket } from './issue-ticket.ts';
import { addTicketKeys, revokeTicketKey } from './ticket-keys.ts';
import { presentTicketKey } from './presenter.ts';
import { readTicketKeys } from './queries.ts';
import { readPublicKeys } from './read-public-keys.ts';

export function ticketsRoutes(
  http: HttpServer,
  { database, keyring }: { database: Database; keyring: Keyring },
): void {
  const all = async (tx: ReadTx, accountId: string, siteId: string) => ({
    items: (await readTicketKeys(tx, accountId, siteId)).map(presentTicketKey),
  });

  http.serve(
    contract.listTicketKeys,
    async ({ caller: { accountId }, params: { siteId } }) =>
      await database.read(accountId, async (tx) => {
        await readSite(tx, accountId, siteId);
        return await all(tx, accountId, siteId);
      }),
  );

  http.serve(contract.addTicketKeys, async ({ caller, params: { siteId }, body: { key, ...body } }) => {
    const keys = await readPublicKeys(key);
    return await database.transaction(caller.accountId, async (tx) => {
      await addTicketKeys(tx, caller, { siteId, keys, ...body });
      return await all(tx, caller.accountId, siteId);
    });
  });

  http.serve(contract.issueTicket, async ({ caller, params: { siteId }, body: customer }) => {
    const { ticket, expiresAt } = await issueTicket({ database, keyring }, caller, { siteId, customer });
    return { ticket, expiresAt: expiresAt.toISOString() };
  });

  http.serve(contract.revokeTicketKey, async ({ caller, params, body = {} }) => {
    await database.transaction(
      caller.accountId,
      async (tx) => await revokeTicketKey(tx, caller, { ...params, ...body }),
    );
    return undefined;
  });
}
