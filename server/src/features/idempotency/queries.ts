import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../../platform/database/index.ts';

export const keptHours = 24;
/** Longer than any request of JSON takes. Who takes longer loses his turn, and cannot commit any more. */
const leaseS = 60;

/** A request, as it is known again. */
export interface RequestMark {
  readonly accountId: string;
  readonly callerId: string;
  readonly keyMac: Buffer;
  readonly requestMac: Buffer;
}

export interface KnownRequest {
  readonly state: 'begun' | 'done' | 'answered';
  readonly requestMac: Buffer;
  readonly leased: boolean;
  readonly answer: Buffer | null;
}

/** Writes down that the request has begun, and returns the attempt; null when it is known already. */
export async function begin(tx: Tx, mark: RequestMark): Promise<string | null> {
  await tx.sql
    .deleteFrom('idempotent_request')
    .where('account_id', '=', mark.accountId)
    .where('caller_id', '=', mark.callerId)
    .where('key_mac', '=', mark.keyMac)
    .where('begun_at', '<', sql<Date>`now() - make_interval(hours => ${keptHours})`)
    .execute();
  const attempt = randomUUID();
  const row = await tx.sql
    .insertInto('idempotent_request')
    .values({
      account_id: mark.accountId,
      caller_id: mark.callerId,
      key_mac: mark.keyMac,
      request_mac: mark.requestMac,
      attempt,
      leased_until: leaseEnd,
      answer: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('attempt')
    .executeTakeFirst();
  return row?.attempt ?? null;
}

/** How it stands with a request that is known, locked; null when it has just gone. */
export async function readKnown(tx: Tx, mark: RequestMark): Promise<KnownRequest | null> {
  const row = await of(tx, mark)
    .select(['state', 'request_mac as requestMac', 'answer', sql<boolean>`leased_until > now()`.as('leased')])
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Takes the turn of somebody who has neither committed nor answered in time. */
export async function takeOver(tx: Tx, mark: RequestMark): Promise<string> {
  const attempt = randomUUID();
  await change(tx, mark).set({ attempt, leased_until: leaseEnd }).execute();
  return attempt;
}

/** In the transaction that does what was asked for: both are committed, or neither. False: it is somebody else’s turn. */
export async function markDone(tx: Tx, mark: RequestMark, attempt: string): Promise<boolean> {
  const rows = await change(tx, mark)
    .set({ state: 'done' })
    .where('attempt', '=', attempt)
    .where('state', '<>', 'answered')
    .returning('attempt')
    .execute();
  return rows.length > 0;
}

/** Keeps the answer of what was done. */
export async function keepAnswer(tx: Tx, mark: RequestMark, attempt: string, answer: Buffer): Promise<void> {
  await change(tx, mark).set({ state: 'answered', answer }).where('attempt', '=', attempt).execute();
}

/** Nothing was committed: the same key may be used again. False when something was. */
export async function release(tx: Tx, mark: RequestMark, attempt: string): Promise<boolean> {
  const rows = await tx.sql
    .deleteFrom('idempotent_request')
    .where('account_id', '=', mark.accountId)
    .where('caller_id', '=', mark.callerId)
    .where('key_mac', '=', mark.keyMac)
    .where('attempt', '=', attempt)
    .where('state', '=', 'begun')
    .returning('attempt')
    .execute();
  return rows.length > 0;
}

const leaseEnd = sql<Date>`now() + make_interval(secs => ${leaseS})`;

function of(tx: Tx, { accountId, callerId, keyMac }: RequestMark) {
  return tx.sql
    .selectFrom('idempotent_request')
    .where('account_id', '=', accountId)
    .where('caller_id', '=', callerId)
    .where('key_mac', '=', keyMac);
}

function change(tx: Tx, { accountId, callerId, keyMac }: RequestMark) {
  return tx.sql
    .updateTable('idempotent_request')
    .where('account_id', '=', accountId)
    .where('caller_id', '=', callerId)
    .where('key_mac', '=', keyMac);
}
