import * as contract from '@samtal/contract/audit';
import { keyHash, recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { changeDestination, createDestination, deleteDestination, readDestinations } from './destinations.ts';
import { exportCheckpoints } from './export-checkpoints.ts';
import { exportEntries } from './export-entries.ts';
import type { DeliveryParts } from './deliver.ts';
import { verifyAndRememberTrail, verifyingKeys } from './jobs.ts';
import { testDestination } from './test-destination.ts';
import { presentEntries } from './presenter.ts';
import { findEntries, readState } from './queries.ts';

export interface AuditParts extends DeliveryParts {
  readonly database: Database;
  readonly checkpointDirectory: string;
}

export function auditRoutes(
  http: HttpServer,
  { database, keyring, outbound, hostName, checkpointDirectory }: AuditParts,
): void {
  http.serve(
    contract.findAuditEntries,
    async ({ caller: { accountId, actor }, query: { cursor = null, limit = 50, ...filter } }) =>
      await database.transaction(accountId, async (tx) => {
        const { rows, next } = await findEntries(tx, accountId, { filter, cursor, limit });
        await recordAudit(tx, accountId, {
          action: 'audit.searched',
          actor,
          details: { by: Object.keys(filter), found: rows.length },
        });
        return { items: await presentEntries(tx, accountId, rows), next };
      }),
  );

  http.serve(
    contract.exportAuditEntries,
    async ({ caller: { accountId, actor }, query: { format, ...filter } }) => ({
      type: format === 'csv' ? 'text/csv' : 'application/jsonl',
      fileName: `audit-${accountId}.${format}`,
      content: await exportEntries(database, accountId, { format, filter, actor }),
    }),
  );

  http.serve(contract.exportAuditProofs, async ({ caller: { accountId, actor } }) => {
    await database.transaction(accountId, async (tx) => {
      await recordAudit(tx, accountId, {
        action: 'audit.exported',
        actor,
        details: { format: 'checkpoints', by: [] },
      });
    });
    return {
      type: 'application/json',
      fileName: `audit-${accountId}-checkpoints.json`,
      content: [await exportCheckpoints(database, accountId)],
    };
  });

  const stateOf = async (accountId: string) => {
    const { publicKey } = await keyring.signingKey();
    const state = await database.read('platform', async (tx) => await readState(tx, accountId));
    return { ...state, publicKey, fingerprint: keyHash(publicKey).toString('hex') };
  };
  http.serve(contract.getAuditState, async ({ caller: { accountId } }) => await stateOf(accountId));

  // A long trail takes a while: whoever asks meanwhile waits for the same.
  const verifying = new Map<string, Promise<unknown>>();
  http.serve(contract.verifyAuditTrail, async ({ caller: { accountId, actor } }) => {
    const underWay =
      verifying.get(accountId) ??
      verifyingKeys({ keyring, checkpointDirectory })
        .then(async (keys) => await verifyAndRememberTrail(database, keys, accountId))
        .finally(() => verifying.delete(accountId));
    verifying.set(accountId, underWay);
    await underWay;
    await database.transaction(accountId, async (tx) => {
      await recordAudit(tx, accountId, { action: 'audit.verified', actor });
    });
    return await stateOf(accountId);
  });

  const one = async (accountId: string, id: string) =>
    found((await database.read(accountId, async (tx) => await readDestinations(tx, accountId, id)))[0]);

  http.serve(contract.listAuditDestinations, async ({ caller: { accountId } }) => ({
    items: await database.read(accountId, async (tx) => await readDestinations(tx, accountId)),
  }));

  http.serve(contract.createAuditDestination, async ({ caller: { accountId, actor }, body }) => {
    const { id, signingSecret } = await database.transaction(
      accountId,
      async (tx) =>
        await createDestination(tx, { keyring, outbound }, { account: accountId, actor, wanted: body }),
    );
    return { destination: await one(accountId, id), signingSecret };
  });

  http.serve(
    contract.changeAuditDestination,
    async ({ caller: { accountId, actor }, params: { destinationId: id }, body }) => {
      const { changes, note } = changeOf(body);
      await database.transaction(accountId, async (tx) => {
        await changeDestination(tx, { account: accountId, id, actor, changes, note });
      });
      return await one(accountId, id);
    },
  );

  http.serve(
    contract.deleteAuditDestination,
    async ({ caller: { accountId, actor }, params: { destinationId: id }, body: note = {} }) => {
      await database.transaction(accountId, async (tx) => {
        await deleteDestination(tx, { account: accountId, id, actor, note });
      });
      return undefined;
    },
  );

  http.serve(
    contract.testAuditDestination,
    async ({ caller: { accountId: account, actor }, params: { destinationId: id } }) => {
      const parts = { keyring, outbound, hostName };
      const failure = await testDestination(database, parts, { account, id, actor });
      return { failure };
    },
  );
}
