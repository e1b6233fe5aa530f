import { randomUUID } from 'node:crypto';
import { exportLimits } from '@samtal/contract/statistics-export';
import type { Database } from '../../platform/database/index.ts';
import type { ChangeNote } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Messenger } from '../factors/index.ts';
import { addKey } from './add-key.ts';
import { makeKeyPair } from './make-key-pair.ts';
import { newPassphrase, sealPassphrase } from './passphrase.ts';
import { countGeneratedLately, readExportAccounts } from './queries.ts';
import { readPublicKey } from './read-public-key.ts';
import { refuseUnlessSeeingAll } from './whole-statistics.ts';

export interface GenerateParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly messenger: Messenger;
}

export interface PairWanted {
  readonly exportAccountId: string;
  /** How the passphrase reaches whoever is to have it: by text message, or read here by somebody else. */
  readonly passphrase: { readonly by: 'sms'; readonly number: string } | { readonly by: 'person' };
  readonly replaces?: { readonly keyId: string; readonly overlapHours: number };
  readonly note?: ChangeNote;
}

export interface HandedOver {
  readonly keyId: string;
  readonly privateKey: string;
  readonly fileName: string;
}

/**
 * Makes a pair for an export account and hands over the private half, encrypted (I4). It is kept nowhere, and neither is the
 * passphrase in clear; nor the number that it is sent to. Refuses like addKey, and with signin.code-not-sent: then nothing was made.
 */
export async function generateExportKey(
  { database, keyring, messenger }: GenerateParts,
  caller: Member,
  { passphrase: way, ...wanted }: PairWanted,
): Promise<HandedOver> {
  refuseUnlessSeeingAll(caller);
  const { accountId } = caller;
  const account = await database.read(accountId, async (tx) => {
    if ((await countGeneratedLately(tx, accountId)) >= exportLimits.generatedPerHour)
      throw new Refusal('statistics-export.too-many-keys');
    return found((await readExportAccounts(tx, accountId, wanted.exportAccountId))[0]);
  });
  const passphrase = newPassphrase();
  const pair = await makeKeyPair(passphrase, account.userName);
  const key = readPublicKey(pair.publicKey);
  const id = randomUUID();
  const sealed =
    way.by === 'person' ? await sealPassphrase(keyring, { accountId, keyId: id }, passphrase) : undefined;
  // Before the key is there: one whose passphrase nobody has would be of no use, and a passphrase without its key is none.
  if (way.by === 'sms') {
    const values = { passphrase, name: account.userName };
    await messenger.text(way.number, { key: 'export-passphrase', values });
  }
  await database.transaction(accountId, async (tx) => {
    await addKey(tx, caller, {
      ...wanted,
      key,
      kind: 'generated',
      id,
      ...(sealed === undefined ? {} : { passphrase: sealed }),
    });
  });
  return { keyId: id, privateKey: pair.privateKey, fileName: `${account.userName}_ed25519` };
}
