import { randomUUID } from 'node:crypto';
import { ticketLimits } from '@samtal/contract/tickets';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Tx } from '../../platform/database/index.ts';
import { recordVersion } from '../../platform/history/index.ts';
import { found, Refusal, type Member } from '../../platform/http/index.ts';
import { lockSite } from '../sites/index.ts';
import { keyBody } from './configuration.ts';
import { readTicketKeys, type StoredTicketKey } from './queries.ts';
import type { PublicTicketKey } from './read-public-keys.ts';

export interface NewTicketKeys {
  readonly siteId: string;
  readonly keys: readonly PublicTicketKey[];
  readonly replaces?: { readonly keyId: string; readonly overlapHours: number };
  readonly reason?: string;
}

/**
 * Lets keys sign tickets for a site, and has the one that they replace end when its overlap is over, or when it was to end
 * anyway. Refuses with tickets.key-known, tickets.too-many-keys, not-found.
 */
export async function addTicketKeys(
  tx: Tx,
  caller: Member,
  { siteId, keys, replaces, reason }: NewTicketKeys,
): Promise<void> {
  const { accountId } = caller;
  found(await lockSite(tx, accountId, siteId));
  const before = await readTicketKeys(tx, accountId, siteId);
  if (before.length + keys.length > ticketLimits.keysOfSite) throw new Refusal('tickets.too-many-keys');
  const kids = new Set(before.map(({ kid }) => kid));
  for (const { kid } of keys) {
    if (kids.has(kid)) throw new Refusal('tickets.key-known');
    kids.add(kid);
  }
  const note = reason === undefined ? {} : { reason };
  for (const { kid, algorithm, jwk } of keys) {
    const id = randomUUID();
    await tx.sql
      .insertInto('ticket_key')
      .values({ account_id: accountId, id, site_id: siteId, kid, algorithm, jwk: JSON.stringify(jwk) })
      .execute();
    const body = keyBody({ siteId, kid, algorithm, endsAt: null });
    await record(tx, caller, { id, before: null, body, note, action: 'tickets.key-added' });
  }
  if (replaces === undefined) return;
  await endKey(tx, caller, {
    key: found(before.find(({ id }) => id === replaces.keyId)),
    at: new Date(Date.now() + replaces.overlapHours * 3_600_000),
    note,
  });
}

/** Takes no ticket of this key from now on. Refuses with not-found. */
export async function revokeTicketKey(
  tx: Tx,
  caller: Member,
  { siteId, keyId, reason }: { siteId: string; keyId: string; reason?: string },
): Promise<void> {
  const { accountId } = caller;
  found(await lockSite(tx, accountId, siteId));
  const key = found((await readTicketKeys(tx, accountId, siteId)).find(({ id }) => id === keyId));
  await tx.sql.deleteFrom('ticket_key').where('account_id', '=', accountId).where('id', '=', keyId).execute();
  await record(tx, caller, {
    id: keyId,
    before: keyBody(key),
    body: null,
    note: reason === undefined ? {} : { reason },
    action: 'tickets.key-revoked',
  });
}

async function endKey(
  tx: Tx,
  caller: Member,
  { key, at, note }: { key: StoredTicketKey; at: Date; note: { reason?: string } },
): Promise<void> {
  const endsAt = key.endsAt !== null && key.endsAt < at ? key.endsAt : at;
  await tx.sql
    .updateTable('ticket_key')
    .set({ ends_at: endsAt })
    .where('account_id', '=', caller.accountId)
    .where('id', '=', key.id)
    .execute();
  await record(tx, caller, {
    id: key.id,
    before: keyBody(key),
    body: keyBody({ ...key, endsAt }),
    note,
    action: 'tickets.key-replaced',
  });
}

async function record(
  tx: Tx,
  { accountId, actor }: Member,
  {
    id,
    action,
    ...made
  }: { id: string; action: string; before: object | null; body: object | null; note: { reason?: string } },
): Promise<void> {
  await recordVersion(tx, accountId, { kind: 'ticket-key', objectId: id, ...made, by: actor });
  await recordAudit(tx, accountId, { action, actor, subject: { kind: 'ticket-key', id } });
}
