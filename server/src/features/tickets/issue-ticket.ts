import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Member } from '../../platform/http/index.ts';
import { CiphertextError, openSecret, sealSecret, type Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import { readSite } from '../sites/index.ts';
import { judgeClaims, refuse, type TicketDemands, type VerifiedTicket } from './verify-ticket.ts';

/** What tells tickets of ours from signed ones. */
const prefix = 'samtal.';

export interface Customer {
  readonly subject: string;
  readonly claims?: Readonly<Record<string, string>>;
  readonly nonce?: string;
  readonly origin?: string;
  /** As long as the site lets tickets live, when left out, and never longer. */
  readonly lifeSeconds?: number;
}

/**
 * A ticket for a customer, for a server that has no key of its own and asks for it (C9). It holds the same as a signed one,
 * sealed under a key of the account for this site: whoever carries it cannot read it.
 */
export async function issueTicket(
  { database, keyring }: { database: Database; keyring: Keyring },
  { accountId, actor }: Member,
  { siteId, customer }: { siteId: string; customer: Customer },
): Promise<{ ticket: string; expiresAt: Date }> {
  const { siteKey, most } = await database.read(accountId, async (tx) => ({
    siteKey: (await readSite(tx, accountId, siteId)).siteKey,
    most: (await readSettings(tx, accountId, siteId))['tickets.life-seconds'],
  }));
  const { subject: sub, claims, nonce, origin, lifeSeconds = most } = customer;
  const iat = Math.floor(Date.now() / 1_000);
  const exp = iat + Math.min(lifeSeconds, most);
  const content = { ...claims, nonce, origin, sub, aud: siteKey, iat, exp, jti: randomUUID() };
  const sealed = await sealSecret(keyring, placeOf(accountId, siteId), Buffer.from(JSON.stringify(content)));
  await database.transaction(accountId, async (tx) => {
    await recordAudit(tx, accountId, {
      action: 'tickets.issued',
      actor,
      subject: { kind: 'site', id: siteId },
    });
  });
  return { ticket: `${prefix}${sealed.toString('base64url')}`, expiresAt: new Date(exp * 1_000) };
}

export function isIssuedHere(ticket: string): boolean {
  return ticket.startsWith(prefix);
}

/** Judges a ticket that was issued here. Refuses with tickets.refused, and says why. */
export async function openIssuedTicket(
  keyring: Keyring,
  { accountId, siteId }: { accountId: string; siteId: string },
  { ticket, demands }: { ticket: string; demands: Omit<TicketDemands, 'keys'> },
): Promise<VerifiedTicket> {
  const sealed = Buffer.from(ticket.slice(prefix.length), 'base64url');
  const opened = await openSecret(keyring, placeOf(accountId, siteId), sealed).catch((error: unknown) => {
    if (error instanceof CiphertextError) return refuse('it was not issued for this site');
    throw error;
  });
  // Written by `issueTicket`, and authenticated.
  const claims = JSON.parse(opened.toString()) as Record<string, unknown> & { exp: number };
  if (claims.exp <= Date.now() / 1_000) refuse('it has expired');
  return judgeClaims(claims, null, demands);
}

function placeOf(account: string, siteId: string) {
  return { account, purpose: 'ticket', id: siteId };
}
