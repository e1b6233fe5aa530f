import type { ExportAccount, ExportKey } from '@samtal/contract/statistics-export';
import type { ReadTx } from '../../platform/database/index.ts';
import { found, type Member } from '../../platform/http/index.ts';
import { fingerprintsOf } from './fingerprints.ts';
import {
  readExportAccounts,
  readExportKeys,
  stands,
  type StoredExportAccount,
  type StoredExportKey,
} from './queries.ts';

/** Keys that have ended are shown for so long. */
const shownDays = 30;

function presentExportAccount(
  account: StoredExportAccount,
  keys: readonly StoredExportKey[],
  caller: Member,
): ExportAccount {
  return {
    ...account,
    createdAt: account.createdAt.toISOString(),
    expiresAt: account.expiresAt?.toISOString() ?? null,
    lastUsedAt: account.lastUsedAt?.toISOString() ?? null,
    keys: keys
      .filter((key) => key.exportAccountId === account.id && isShown(key))
      .map((key) => presentKey(key, caller)),
  };
}

export async function allExportAccounts(tx: ReadTx, caller: Member): Promise<ExportAccount[]> {
  const { accountId } = caller;
  const [accounts, keys] = [await readExportAccounts(tx, accountId), await readExportKeys(tx, accountId)];
  return accounts.map((account) => presentExportAccount(account, keys, caller));
}

export async function oneExportAccount(tx: ReadTx, caller: Member, id: string): Promise<ExportAccount> {
  const { accountId } = caller;
  const account = found((await readExportAccounts(tx, accountId, id))[0]);
  return presentExportAccount(account, await readExportKeys(tx, accountId, { exportAccountId: id }), caller);
}

function presentKey(key: StoredExportKey, { personId }: Member): ExportKey {
  const { confirmedBy, confirmedByName, submittedBy, submittedByName } = key;
  return {
    id: key.id,
    kind: key.kind,
    state: key.state,
    type: key.type,
    bits: key.bits,
    fingerprints: key.confirmedAt === null ? null : fingerprintsOf(key.publicKey),
    submittedBy: { id: submittedBy, name: submittedByName },
    submittedAt: key.submittedAt.toISOString(),
    mine: submittedBy === personId,
    seen: key.seenBy.includes(personId),
    wrongFingerprints: key.wrongFingerprints,
    confirmedBy: confirmedBy === null ? null : { id: confirmedBy, name: confirmedByName },
    confirmedAs: key.confirmedAs,
    confirmedAt: key.confirmedAt?.toISOString() ?? null,
    replaces: key.replaces,
    endsAt: key.endsAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    passphraseUntil: stands(key) ? (key.passphraseUntil?.toISOString() ?? null) : null,
  };
}

function isShown(key: StoredExportKey): boolean {
  return stands(key) || (key.endsAt ?? key.submittedAt).getTime() > Date.now() - shownDays * 86_400_000;
}
