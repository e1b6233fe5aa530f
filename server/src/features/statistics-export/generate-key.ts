import { randomUUID } from 'node:crypto';
import { exportLimits } from '@samtal/contract/statistics-export';
import { sql } from 'kysely';
import type { Database, Tx } from '../../platform/database/index.ts';
import type { ChangeNote } from '../../platform/history/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Messenger } from '../factors/index.ts';
import { addKey, placeForKey } from './add-key.ts';
import { makeKeyPair } from './make-key-pair.ts';
import { newPassphrase, sealPassphrase } from './passphrase.ts';
import type { StoredExportAccount } from './queries.ts';
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
  const id = randomUUID();
  // Counted before anything costs something: whatever becomes of it, it was one.
  const { userName } = await database.transaction(
    accountId,
    async (tx) => await beginPair(tx, accountId, { ...wanted, id, channel: way.by }),
  );
  const passphrase = newPassphrase();
  const pair = await makeKeyPair(passphrase, userName);
  const key = readPublicKey(pair.publicKey);
  const sealed =
    way.by === 'person' ? await sealPassphrase(keyring, { accountId, keyId: id }, passphrase) : undefined;
  // Before the key is there: one whose passphrase nobody has would be of no use, and a passphrase without its key is none.
  if (way.by === 'sms')
    await messenger.text(way.number, { key: 'export-passphrase', values: { passphrase, name: userName } });
  await database.transaction(accountId, async (tx) => {
    await addKey(tx, caller, {
      ...wanted,
      key,
      kind: 'generated',
      id,
      ...(sealed === undefined ? {} : { passphrase: sealed }),
    });
  });
  return { keyId: id, privateKey: pair.privateKey, fileName: `${userName}_ed25519` };
}

/**
 * Writes down that a pair is asked for, when there is a place for it. One after the other in each account, so that many at once are
 * counted one by one. Refuses with not-found, statistics-export.too-many-keys.
 */
async function beginPair(
  tx: Tx,
  accountId: string,
  {
    id,
    channel,
    ...wanted
  }: { id: string; channel: 'sms' | 'person' } & Pick<PairWanted, 'exportAccountId' | 'replaces'>,
): Promise<StoredExportAccount> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`export-pair:${accountId}`}, 0))`.execute(tx.sql);
  const { account } = await placeForKey(tx, accountId, wanted);
  const { count } = await tx.sql
    .selectFrom('export_key_attempt')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .where('account_id', '=', accountId)
    .where('created_at', '>', sql<Date>`now() - interval '1 hour'`)
    .executeTakeFirstOrThrow();
  if (Number(count) >= exportLimits.generatedPerHour) throw new Refusal('statistics-export.too-many-keys');
  await tx.sql.insertInto('export_key_attempt').values({ account_id: accountId, id, channel }).execute();
  return account;
}
