import { sql } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import type { ReadTx, Tx } from '../../platform/database/index.ts';
import { openSecret, sealSecret, type Keyring } from '../../platform/keys/index.ts';

/** What every authenticator app takes: SHA-1, six digits, 30 seconds (RFC 6238). */
const form = { algorithm: 'SHA1', digits: 6, period: 30 };
/** One step earlier or later, for clocks that differ. */
const window = 1;

const placeOf = (factorId: string) => ({ account: null, purpose: 'totp', id: factorId });

/** A new secret: as an app reads it from a picture, as a person types it, and as it is stored. */
export async function newTotp(
  keyring: Keyring,
  { factorId, issuer, label }: { factorId: string; issuer: string; label: string },
): Promise<{ secret: string; uri: string; sealed: Buffer }> {
  const secret = new Secret({ size: 20 });
  const totp = new TOTP({ ...form, issuer, label, secret });
  return {
    secret: secret.base32,
    uri: totp.toString(),
    sealed: await sealSecret(keyring, placeOf(factorId), Buffer.from(secret.bytes)),
  };
}

/** Whether the app shows this code now, and it has not been used: its step is noted in the same statement. */
export async function takeTotp(
  tx: Tx,
  keyring: Keyring,
  { factorId, sealed, code }: { factorId: string; sealed: Buffer; code: string },
): Promise<boolean> {
  const bytes = await openSecret(keyring, placeOf(factorId), sealed);
  const secret = new Secret({ buffer: Uint8Array.from(bytes).buffer });
  const timestamp = await nowMs(tx);
  const delta = TOTP.validate({ ...form, token: code, secret, timestamp, window });
  if (delta === null) return false;
  const step = Math.floor(timestamp / 1000 / form.period) + delta;
  const noted = await tx.sql
    .updateTable('factor')
    .set({ last_step: String(step), last_used_at: sql<Date>`now()` })
    .where('id', '=', factorId)
    .where(sql<boolean>`(last_step is null or last_step < ${step})`)
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}

/** Every node judges by the same clock: the database’s. */
async function nowMs(tx: ReadTx): Promise<number> {
  const { rows } = await sql<{ ms: number }>`select (extract(epoch from now()) * 1000)::float8 as ms`.execute(
    tx.sql,
  );
  return rows[0]?.ms ?? 0;
}
