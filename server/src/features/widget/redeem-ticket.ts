import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Database, Tx } from '../../platform/database/index.ts';
import type { Fanout } from '../../platform/fanout/index.ts';
import { Refusal } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { recordAudit } from '../../platform/audit/index.ts';
import { latestConversation, markVerified, type Desk } from '../conversations/index.ts';
import type { Masker } from '../masking/index.ts';
import { readSettings } from '../settings/index.ts';
import type { SiteForVisitors } from '../sites/index.ts';
import {
  claimedValues,
  isIssuedHere,
  openIssuedTicket,
  readTicketKeys,
  useTicket,
  verifyTicket,
} from '../tickets/index.ts';
import {
  declaredAttributes,
  maskAttributes,
  setAttributes,
  type MaskedAttributes,
  type VisitorsParts,
} from '../visitors/index.ts';
import { endOpenConversation } from './end-open-conversation.ts';
import {
  createVisitorSession,
  deleteVisitorSession,
  renewVisitorSession,
  sessionOfCustomer,
  standingSession,
  type BegunSession,
  type Customer,
} from './visitor-sessions.ts';

export interface RedeemParts {
  readonly database: Database;
  readonly masker: Masker;
  readonly desk: Desk;
  readonly fanout: Fanout;
  readonly visitors: VisitorsParts;
}

export interface Redemption {
  readonly ticket: string;
  readonly verifier: string | undefined;
  /** Of the page that brings it. */
  readonly origin: string | null;
  /** The token of the session that the visitor had; null for none. */
  readonly token: string | null;
}

/**
 * Redeems a ticket (C9). The session that the visitor had gets another token, so that nobody who knew it is the customer too;
 * it goes on with its conversation where it was the same customer's, or nobody's yet. Another customer's conversation ends. Whoever
 * brings no session goes on with their own, wherever they began it: an answer that was lost, or another device, loses nothing.
 * Refuses with tickets.refused, and then the session stays as it is.
 */
export async function redeemTicket(
  { database, masker, desk, fanout, visitors }: RedeemParts,
  site: SiteForVisitors & { siteKey: string },
  { ticket, verifier, origin, token }: Redemption,
): Promise<BegunSession> {
  const { accountId, siteId, siteKey } = site;
  const { keys, declared, lifeSeconds } = await database.read(accountId, async (tx) => ({
    keys: await readTicketKeys(tx, accountId, siteId),
    declared: await declaredAttributes(tx, accountId),
    lifeSeconds: (await readSettings(tx, accountId, siteId))['tickets.life-seconds'],
  }));
  const demands = { siteKey, lifeSeconds, origin, verifier };
  const verified = isIssuedHere(ticket)
    ? await openIssuedTicket(visitors.keyring, { accountId, siteId }, { ticket, demands })
    : await verifyTicket(ticket, { ...demands, keys });
  const values = claimedValues(verified.claims, declared.values());
  const said = await maskAttributes({ database, masker }, { accountId, channelId: siteId }, values);
  const customer = { known: await knownAs(visitors.keyring, accountId, verified.subject), values };
  return await database.transaction(accountId, async (tx) => {
    await useTicket(tx, { accountId, siteId }, verified);
    const brought = token === null ? null : await standingSession(tx, site, token);
    const before = brought ?? (await sessionOfCustomer(tx, site, customer.known));
    if (before !== null)
      tx.afterCommit(() => fanout.announce({ kind: 'recheck', session: before.visitorId }));
    const goesOn = before !== null && (before.customer === null || same(before.customer, customer.known));
    // NOTE: conversations are locked before sessions, as by whoever ends both.
    if (goesOn) await tellConversation(tx, visitors, { accountId, visitorId: before.visitorId }, said);
    else if (before !== null) {
      await endOpenConversation(tx, desk, { accountId, visitorId: before.visitorId }, 'has-left');
      await deleteVisitorSession(tx, accountId, before.visitorId);
    }
    const session = goesOn
      ? await renewVisitorSession(tx, site, { before, customer })
      : await createVisitorSession(tx, site, customer);
    // Another page of the same browser was faster: its token is the one to go on with.
    if (session === null) throw new Refusal('visitors.session-ended');
    await recordAudit(tx, accountId, {
      action: 'tickets.redeemed',
      actor: { kind: 'visitor', id: session.visitorId },
      subject: { kind: 'site', id: siteId },
      details: { keyId: verified.keyId },
    });
    return session;
  });
}

async function tellConversation(
  tx: Tx,
  visitors: VisitorsParts,
  visitor: { accountId: string; visitorId: string },
  said: MaskedAttributes,
): Promise<void> {
  const conversation = await latestConversation(tx, visitor);
  if (conversation === null || conversation.state === 'resolved') return;
  await markVerified(tx, conversation);
  await setAttributes(tx, visitors, conversation, { values: said, by: 'ticket' });
}

/** Tells the same customer again, and nothing else: the key is the account's, in the keyring. */
async function knownAs(keyring: Keyring, account: string, subject: string): Promise<Customer['known']> {
  const key = await keyring.accountPurposeKey(account, 'customers-of-tickets');
  return createHmac('sha256', key).update(subject).digest();
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
