import type { Scope } from '@samtal/contract/access';
import * as contract from '@samtal/contract/units';
import type { Database, ReadTx } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, type HttpServer, type Member } from '../../platform/http/index.ts';
import { actorOf, scopesOf } from '../access/index.ts';
import { changeUnit } from './change-unit.ts';
import { createUnit } from './create-unit.ts';
import { deleteUnit } from './delete-unit.ts';
import { readUnits } from './queries.ts';

/** Whoever reads or gives roles, or lays out the tree, sees all of it; others what their queues may lie in. */
function visibleTo(caller: Member): Scope[] {
  return (['routing.read', 'access.read', 'units.manage'] as const).flatMap((name) => scopesOf(caller, name));
}

export function unitsRoutes(http: HttpServer, { database }: { database: Database }): void {
  http.serve(contract.listUnits, async ({ caller }) => ({
    items: await database.read(
      caller.accountId,
      async (tx) => await readUnits(tx, caller.accountId, visibleTo(caller)),
    ),
  }));

  http.serve(
    contract.createUnit,
    async ({ caller, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const { changes: unit, note } = changeOf(body);
        const id = await createUnit(tx, caller.accountId, { actor: actorOf(caller), unit, note });
        return await oneUnit(tx, caller.accountId, id);
      }),
  );

  http.serve(
    contract.changeUnit,
    async ({ caller, params: { unitId }, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        await changeUnit(tx, caller.accountId, { giver: caller, unitId, ...changeOf(body) });
        return await oneUnit(tx, caller.accountId, unitId);
      }),
  );

  http.serve(contract.deleteUnit, async ({ caller, params: { unitId }, body: note = {} }) => {
    await database.transaction(
      caller.accountId,
      async (tx) => await deleteUnit(tx, caller.accountId, { giver: caller, unitId, note }),
    );
    return undefined;
  });
}

async function oneUnit(tx: ReadTx, accountId: string, id: string) {
  return found((await readUnits(tx, accountId, [{}])).find((unit) => unit.id === id));
}
