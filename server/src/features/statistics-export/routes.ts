import * as contract from '@samtal/contract/statistics-export';
import type { Database } from '../../platform/database/index.ts';
import { changeOf } from '../../platform/history/index.ts';
import { Refusal, type HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Messenger } from '../factors/index.ts';
import { addKey } from './add-key.ts';
import { changeExportAccount, deleteExportAccount } from './change-export-account.ts';
import { confirmKey, showKey } from './confirm-key.ts';
import { createExportAccount } from './create-export-account.ts';
import { revokeExportKey } from './end-key.ts';
import { generateExportKey } from './generate-key.ts';
import { readHostKey } from './host-key.ts';
import { readPassphrase } from './passphrase.ts';
import { allExportAccounts, oneExportAccount } from './presenter.ts';
import { readPublicKey } from './read-public-key.ts';

export interface StatisticsExportParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly messenger: Messenger;
  /** Where people reach the platform, and so its SFTP server. */
  readonly hostName: string;
  /** Null where no SFTP server runs. */
  readonly sftpPort: () => number | null;
}

export function statisticsExportRoutes(http: HttpServer, parts: StatisticsExportParts): void {
  const { database, keyring, hostName, sftpPort } = parts;

  http.serve(contract.getExportServer, async () => {
    const port = sftpPort();
    const hostKey = port === null ? null : (await readHostKey(database, keyring)).shown;
    return { host: hostName, port, hostKey };
  });

  http.serve(contract.listExportAccounts, async ({ caller }) => ({
    items: await database.read(caller.accountId, async (tx) => await allExportAccounts(tx, caller)),
  }));

  http.serve(contract.createExportAccount, async ({ caller, body }) => {
    const { changes: account, note } = changeOf(body);
    return await database.transaction(caller.accountId, async (tx) => {
      const id = await createExportAccount(tx, caller, { account, note });
      return await oneExportAccount(tx, caller, id);
    });
  });

  http.serve(
    contract.changeExportAccount,
    async ({ caller, params: { exportAccountId }, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        await changeExportAccount(tx, caller, { exportAccountId, ...changeOf(body) });
        return await oneExportAccount(tx, caller, exportAccountId);
      }),
  );

  http.serve(
    contract.deleteExportAccount,
    async ({ caller, params: { exportAccountId }, body: note = {} }) => {
      await database.transaction(
        caller.accountId,
        async (tx) => await deleteExportAccount(tx, caller, { exportAccountId, note }),
      );
      return undefined;
    },
  );

  http.serve(contract.submitExportKey, async ({ caller, params: { exportAccountId }, body }) => {
    const { publicKey, replaces, reason } = body;
    const key = readPublicKey(publicKey);
    return await database.transaction(caller.accountId, async (tx) => {
      await addKey(tx, caller, {
        exportAccountId,
        key,
        kind: 'supplied',
        ...(replaces === undefined ? {} : { replaces }),
        ...(reason === undefined ? {} : { note: { reason } }),
      });
      return await oneExportAccount(tx, caller, exportAccountId);
    });
  });

  http.serve(contract.generateExportKey, async ({ caller, params: { exportAccountId }, body }) => {
    const { passphrase, replaces, reason } = body;
    const handedOver = await generateExportKey(parts, caller, {
      exportAccountId,
      passphrase,
      ...(replaces === undefined ? {} : { replaces }),
      ...(reason === undefined ? {} : { note: { reason } }),
    });
    const account = await database.read(
      caller.accountId,
      async (tx) => await oneExportAccount(tx, caller, exportAccountId),
    );
    return { account, ...handedOver };
  });

  http.serve(contract.readExportPassphrase, async ({ caller, params: { exportAccountId, keyId } }) => ({
    passphrase: await database.transaction(
      caller.accountId,
      async (tx) => await readPassphrase(tx, caller, { exportAccountId, keyId, keyring }),
    ),
  }));

  http.serve(
    contract.showExportKey,
    async ({ caller, params: { exportAccountId, keyId } }) =>
      await database.transaction(
        caller.accountId,
        async (tx) => await showKey(tx, caller, { exportAccountId, keyId }),
      ),
  );

  http.serve(contract.confirmExportKey, async ({ caller, params: { exportAccountId, keyId }, body }) => {
    const { as, fingerprint, reason } = body;
    const answer = await database.transaction(caller.accountId, async (tx) => {
      const note = reason === undefined ? {} : { note: { reason } };
      const outcome = await confirmKey(tx, caller, { exportAccountId, keyId, as, fingerprint, ...note });
      return outcome === 'wrong' ? null : await oneExportAccount(tx, caller, exportAccountId);
    });
    // The wrong one has been counted, and stays so.
    if (answer === null) throw new Refusal('statistics-export.fingerprint-wrong');
    return answer;
  });

  http.serve(
    contract.revokeExportKey,
    async ({ caller, params: { exportAccountId, keyId }, body: note = {} }) => {
      await database.transaction(
        caller.accountId,
        async (tx) => await revokeExportKey(tx, caller, { exportAccountId, keyId, note }),
      );
      return undefined;
    },
  );
}
