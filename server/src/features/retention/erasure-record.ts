import type { SignedRecord } from '@samtal/contract/retention';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { found } from '../../platform/http/index.ts';
import { isSigned, type SigningKey } from '../../platform/keys/index.ts';

/** What the text of a record begins with; anything else with this name is another version. */
const recordFormat = 'samtal-erasure-record/v1';

/**
 * Writes the record of an erasure as far as it has come, and signs it: JSON whose text is stored as it was signed. It says
 * when what was done and which keys were destroyed; of the cases, only their keyed hashes.
 */
export async function signErasureRecord(
  tx: Tx,
  signing: SigningKey,
  account: string,
  id: string,
): Promise<void> {
  const erasure = await tx.sql
    .selectFrom('erasure')
    .selectAll()
    .where('account_id', '=', account)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const cases = await tx.sql
    .selectFrom('erasure_case')
    .select('case_hash')
    .where('account_id', '=', account)
    .where('erasure_id', '=', id)
    .orderBy('case_hash')
    .execute();
  const buckets = await tx.sql
    .selectFrom('erasure_bucket')
    .select(['bucket_id', 'key_version'])
    .where('account_id', '=', account)
    .where('erasure_id', '=', id)
    .orderBy('bucket_id')
    .orderBy('key_version')
    .execute();
  const record = JSON.stringify(
    {
      format: recordFormat,
      account,
      erasure: id,
      reference: erasure.reference,
      wanted: erasure.wanted,
      attribute: erasure.attribute,
      state: erasure.state,
      requestedAt: erasure.requested_at,
      requestedBy: erasure.requested_by,
      liveErasedAt: erasure.live_erased_at,
      keysDestroyedAt: erasure.bucket_rotated_at,
      backupsUntil: erasure.backups_until,
      backupsExpiredAt: erasure.backups_expired_at,
      logLines: erasure.log_lines,
      conversations: cases.length,
      caseHashes: cases.map((row) => row.case_hash.toString('hex')),
      bucketKeys: buckets.map((row) => `${row.bucket_id}.${row.key_version}`),
    },
    null,
    2,
  );
  await tx.sql
    .updateTable('erasure')
    .set({ record, signature: signing.sign(Buffer.from(record)) })
    .where('account_id', '=', account)
    .where('id', '=', id)
    .execute();
}

/** The record with what it is checked by. Refuses with not-found while nothing was erased. */
export async function readErasureRecord(
  tx: ReadTx,
  signing: SigningKey,
  account: string,
  id: string,
): Promise<SignedRecord> {
  const row = await tx.sql
    .selectFrom('erasure')
    .select(['record', 'signature'])
    .where('account_id', '=', account)
    .where('id', '=', id)
    .executeTakeFirst();
  const { record, signature } = found(row);
  return {
    record: found(record),
    signature: found(signature).toString('base64'),
    publicKey: signing.publicKey,
  };
}

/** Whether the record is, byte for byte, what the holder of its key signed. */
export function isRecordSigned({ record, signature, publicKey }: SignedRecord): boolean {
  try {
    return isSigned(publicKey, Buffer.from(record), Buffer.from(signature, 'base64'));
  } catch {
    // What is no key at all signs nothing.
    return false;
  }
}
