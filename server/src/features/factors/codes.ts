import { createHmac, randomInt, randomUUID, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Tables, Tx } from '../../platform/database/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Binding } from './binding.ts';
import { codeAttempts, codeLifeS, sendsPerDay, sendsPerDestination, sendsPerTenMinutes } from './policy.ts';

type Channel = Tables['one_time_code']['channel'];

export interface Issue {
  readonly binding: Binding;
  readonly factorId: string | null;
  readonly channel: Channel;
  /** The number or address that it goes to. Only a keyed hash is stored. */
  readonly destination: string;
}

/**
 * Makes a code of six digits that has to be sent now: nowhere is it kept. It ends the one before it. Refuses when too many
 * were sent to the person or to the destination; the person’s row is locked, so that many at once are counted one by one.
 */
export async function issueCode(tx: Tx, keyring: Keyring, issue: Issue): Promise<string> {
  const { binding, factorId, channel } = issue;
  const destination = destinationHash(keyring, channel, issue.destination);
  await refuseTooMany(tx, { userId: binding.userId, destination });
  await endCodes(tx, binding);
  const id = randomUUID();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await tx.sql
    .insertInto('one_time_code')
    .values({
      id,
      user_id: binding.userId,
      factor_id: factorId,
      channel,
      destination,
      purpose: binding.purpose,
      bound_to: binding.boundTo,
      mac: macOf(keyring, { id, binding, code }),
      expires_at: sql<Date>`now() + make_interval(secs => ${codeLifeS})`,
    })
    .execute();
  return code;
}

/**
 * Whether this is the code that was sent for this. Each try is counted before it is compared, by one statement, whatever
 * comes at once; a right one ends it.
 */
export async function takeCode(
  tx: Tx,
  keyring: Keyring,
  { binding, channel, code }: { binding: Binding; channel: Channel; code: string },
): Promise<{ factorId: string | null } | null> {
  const open = await tx.sql
    .updateTable('one_time_code')
    .set({ attempts: sql<number>`attempts + 1` })
    .where('user_id', '=', binding.userId)
    .where('purpose', '=', binding.purpose)
    .where('bound_to', '=', binding.boundTo)
    .where('channel', '=', channel)
    .where('ended_at', 'is', null)
    .where('attempts', '<', codeAttempts)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['id', 'mac', 'factor_id'])
    .executeTakeFirst();
  if (open === undefined) return null;
  if (!timingSafeEqual(open.mac, macOf(keyring, { id: open.id, binding, code }))) return null;
  const ended = await tx.sql
    .updateTable('one_time_code')
    .set({ ended_at: sql<Date>`now()` })
    .where('id', '=', open.id)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return ended === undefined ? null : { factorId: open.factor_id };
}

/** Counts what is sent to this person and this destination; refuses when it was too much. */
export async function refuseTooMany(
  tx: Tx,
  { userId, destination }: { userId: string; destination: Buffer },
): Promise<void> {
  await tx.sql.selectFrom('identity').select('id').where('id', '=', userId).forUpdate().execute();
  const { rows } = await sql<{ lately: number; today: number; there: number }>`
    select
      count(*) filter (where user_id = ${userId} and created_at > now() - interval '10 minutes')::int as lately,
      count(*) filter (where user_id = ${userId})::int as today,
      count(*) filter (where destination = ${destination})::int as there
    from one_time_code
    where created_at > now() - interval '1 day' and (user_id = ${userId} or destination = ${destination})`.execute(
    tx.sql,
  );
  const { lately = 0, today = 0, there = 0 } = rows[0] ?? {};
  if (lately >= sendsPerTenMinutes || today >= sendsPerDay || there >= sendsPerDestination)
    throw new Refusal('signin.too-many-codes');
}

/** A code is good for nothing any more once another one is made, or what it was for is over. */
async function endCodes(tx: Tx, { boundTo, purpose }: Binding): Promise<void> {
  await tx.sql
    .updateTable('one_time_code')
    .set({ ended_at: sql<Date>`now()` })
    .where('bound_to', '=', boundTo)
    .where('purpose', '=', purpose)
    .where('ended_at', 'is', null)
    .execute();
}

export function destinationHash(keyring: Keyring, channel: Channel, destination: string): Buffer {
  return createHmac('sha256', keyring.purposeKey('one-time-code-destinations'))
    .update(`${channel}/${destination.toLowerCase()}`)
    .digest();
}

/** Six digits are soon tried through by whoever has the hash: without the key they cannot. */
function macOf(
  keyring: Keyring,
  { id, binding, code }: { id: string; binding: Binding; code: string },
): Buffer {
  return createHmac('sha256', keyring.purposeKey('one-time-codes'))
    .update(`${id}/${binding.purpose}/${binding.boundTo}/${code}`)
    .digest();
}
