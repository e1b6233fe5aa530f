import type { FederationRefusal } from '@samtal/contract/federation';
import { platformChain, recordAudit } from '../../platform/audit/index.ts';
import type { Database, Tx } from '../../platform/database/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import {
  admittedSomewhere,
  beginVouched,
  deviceOf,
  elevateSession,
  hasCountingFactor,
  noteSecondFactor,
  startAttempt,
} from '../signin/index.ts';
import { admitVouched } from './admit-vouched.ts';
import { judgeAssertion, skewMs, type VouchedPerson } from './judge-assertion.ts';
import { judgeResponse } from './judge-response.ts';
import type { OidcClients } from './oidc-clients.ts';
import { oidcOwnSide, openOwnKey, ownSide } from './own-side.ts';
import { noteRefusal, noteSignIn, type StoredOidc, type StoredProvider, type StoredSaml } from './queries.ts';
import { redeemCode } from './redeem-code.ts';
import { takeRequest, useAssertion, type FederationRequest } from './requests.ts';
import type { SamlVerifier } from './saml-verifier.ts';
import { UnfitXmlError } from './xml-guard.ts';

export interface FederationParts {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly publicUrl: URL;
  readonly verifier: SamlVerifier;
  readonly oidcClients: OidcClients;
  /** Told of sessions that ended for a new one. */
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}

/** What a browser brings from a provider, and who brings it. */
export interface Arrival {
  /** Of the cookie that this browser got when it began; '' without one. */
  readonly browser: string;
  /** Where it comes from. */
  readonly address: string;
  /** What the browser says that it is. */
  readonly userAgent: string | undefined;
}
export interface SamlAnswer extends Arrival {
  /** Base64. */
  readonly response: string;
  readonly relay: string;
}
export interface OidcAnswer extends Arrival {
  /** Of the address that it came to, with its question mark. */
  readonly query: string;
}

export type Outcome =
  | { readonly kind: 'signed-in'; readonly token: string }
  /** A second factor is asked for here; the token is of the attempt. */
  | { readonly kind: 'asked'; readonly token: string }
  | { readonly kind: 'elevated' }
  | { readonly kind: 'refused'; readonly reason: FederationRefusal };

/**
 * Ends a sign-in: with a session of whom the provider vouches for, or with the elevation of one that they have. Each step
 * stands on the one before: the guard, whose request it answers, what was signed, for whom it was meant, whether it is new,
 * and who it is.
 */
export async function finishSignIn(
  parts: FederationParts,
  provider: StoredSaml,
  answer: SamlAnswer,
): Promise<Outcome> {
  return await recorded(parts, provider, await decide(parts, provider, answer));
}

/** The same for a provider that speaks OpenID Connect. A sign-in that this browser did not begin here ends before anything is asked. */
export async function finishOidcSignIn(
  parts: FederationParts,
  provider: StoredOidc,
  answer: OidcAnswer,
): Promise<Outcome> {
  return await recorded(parts, provider, await decideOidc(parts, provider, answer));
}

/** The outcome, on the audit trail where it is a refusal. */
export async function recorded(
  { database }: Pick<FederationParts, 'database'>,
  provider: StoredProvider,
  outcome: Outcome,
): Promise<Outcome> {
  if (outcome.kind === 'refused')
    await database.transaction('platform', async (tx) => {
      for (const chain of [platformChain, provider.accountId])
        await recordAudit(tx, chain, {
          action: 'federation.refused',
          actor: { kind: 'unknown' },
          subject: { kind: 'identity-provider', id: provider.id },
          details: { reason: outcome.reason },
        });
      await noteRefusal(tx, provider, outcome.reason);
    });
  return outcome;
}

async function decide(parts: FederationParts, provider: StoredSaml, answer: SamlAnswer): Promise<Outcome> {
  const { database, publicUrl, verifier } = parts;
  const { accountId, id: providerId, saml } = provider;
  const own = ownSide(publicUrl, providerId);
  const bytes = Buffer.from(answer.response, 'base64');
  if (!isFit(bytes, { answerUrl: own.answerUrl, encrypted: saml.encrypted })) return refused('structure');
  const request = await takeRequestOf(parts, provider, answer);
  if (request === null && !saml.unsolicited) return refused('request');
  const requestId = request?.requestId ?? null;
  const verification = await verifier.verify({
    // As it was judged: what stands between letters of base64 is read differently by different readers.
    response: bytes.toString('base64'),
    saml,
    ownEntityId: own.entityId,
    answerUrl: own.answerUrl,
    ownKey: saml.encrypted
      ? await openOwnKey(parts.keyring, { account: accountId, id: providerId }, provider.ownKey)
      : null,
    requestId,
  });
  if (verification === null) return refused('unverified');
  const { assertion } = verification;
  const expected = { entityId: saml.entityId, answerUrl: own.answerUrl, requestId };
  const vouched = judgeAssertion(assertion, {
    ...expected,
    attributes: provider.attributes,
    nowMs: Date.now(),
  });
  if (vouched === null) return refused('not-for-us');
  // Whoever is to prove themselves has done so since they were asked.
  if (request !== null && request.elevates !== null && !isSince(vouched.signedInAt, request.begunAt))
    return refused('not-anew');
  const { assertionId, until } = vouched;
  const isNew = await database.transaction(
    'platform',
    async (tx) => await useAssertion(tx, { accountId, providerId, assertionId, until }),
  );
  if (!isNew) return refused('used');
  return await admit(parts, provider, { vouched, request, answer });
}

function isSince(signedInAt: Date | null, begunAt: Date): boolean {
  return signedInAt !== null && signedInAt.getTime() >= begunAt.getTime() - skewMs;
}

async function decideOidc(
  parts: FederationParts,
  provider: StoredOidc,
  answer: OidcAnswer,
): Promise<Outcome> {
  const { query, browser } = answer;
  const relay = new URLSearchParams(query).get('state') ?? '';
  const request = await takeRequestOf(parts, provider, { relay, browser });
  if (request === null) return refused('request');
  const { answerUrl } = oidcOwnSide(parts.publicUrl, provider.id);
  const vouched = await redeemCode({ ...parts, answerUrl }, provider, { query, request });
  return typeof vouched === 'string'
    ? refused(vouched)
    : await admit(parts, provider, { vouched, request, answer });
}

async function admit(
  parts: FederationParts,
  provider: StoredProvider,
  {
    vouched,
    request,
    answer,
  }: { vouched: VouchedPerson; request: FederationRequest | null; answer: Arrival },
): Promise<Outcome> {
  const { database } = parts;
  const { accountId } = provider;
  const admitted = await database.transaction(
    accountId,
    async (tx) => await admitVouched(tx, provider, vouched),
  );
  if (typeof admitted === 'string') return refused(admitted);
  const { userId } = admitted;
  return await database.transaction('platform', async (tx) =>
    (request?.elevates ?? null) === null
      ? await begin(tx, provider, { userId, vouched, answer, sessionsEnded: parts.sessionsEnded })
      : await elevate(tx, provider, { userId, vouched, sessionId: request?.elevates ?? '' }),
  );
}

/**
 * Where the account demands a second factor, the provider’s counts as far as the account lets it; otherwise one of the
 * person’s is asked for. Nobody adds one on the way: what people sign in with reaches every account of theirs, and a provider
 * vouches for one.
 */
async function begin(
  tx: Tx,
  provider: StoredProvider,
  {
    userId,
    vouched: { signIn, showedSecondFactor },
    answer: { address, userAgent },
    sessionsEnded,
  }: { userId: string; vouched: VouchedPerson; answer: Arrival } & Pick<FederationParts, 'sessionsEnded'>,
): Promise<Outcome> {
  const { accountId, id: providerId } = provider;
  const voucher = { accountId, providerId, ...signIn };
  const demand = await readVouchedDemand(tx, { accountId, showedSecondFactor });
  const from = { address, hasSecondFactor: demand === 'met' };
  if (demand === 'open') {
    if (!(await hasCountingFactor(tx, userId))) return refused('second-factor');
    await noteSignIn(tx, provider);
    const { token } = await startAttempt(tx, { userId, step: 'factor', voucher });
    return { kind: 'asked', token };
  }
  if (!(await admittedSomewhere(tx, [{ id: accountId }], from))) return refused('network');
  const begun = await beginVouched(tx, userId, {
    voucher,
    arrival: { device: deviceOf(userAgent), sessionsEnded },
    ...(demand === 'met' ? { factor: 'identity-provider' } : {}),
  });
  if ('full' in begun) return refused(begun.full);
  await noteSignIn(tx, provider);
  return { kind: 'signed-in', token: begun.token };
}

/** `met`: the provider’s second factor counts; `open`: one is demanded and is still to be shown; `none`: nothing is demanded. */
async function readVouchedDemand(
  tx: Tx,
  { accountId, showedSecondFactor }: { accountId: string; showedSecondFactor: boolean },
): Promise<'met' | 'open' | 'none'> {
  const said = await readSettings(tx, accountId);
  const counts = said['signin.provider-factor'];
  if (counts === 'always' || (counts === 'stated' && showedSecondFactor)) return 'met';
  return said['signin.second-factor'] === 'required' ? 'open' : 'none';
}

/**
 * Only the session of the same user, which this provider began: somebody else’s proof elevates nothing. Where the account demands a
 * second factor and the provider’s does not count, people elevate by their own.
 */
async function elevate(
  tx: Tx,
  provider: StoredProvider,
  {
    userId,
    vouched: { showedSecondFactor },
    sessionId,
  }: { userId: string; vouched: VouchedPerson; sessionId: string },
): Promise<Outcome> {
  const demand = await readVouchedDemand(tx, { accountId: provider.accountId, showedSecondFactor });
  const own = await tx.sql
    .selectFrom('session')
    .select('id')
    .where('id', '=', sessionId)
    .where('user_id', '=', userId)
    .where('provider_id', '=', provider.id)
    .executeTakeFirst();
  if (own !== undefined && demand === 'open') return refused('second-factor');
  const until = own === undefined ? null : await elevateSession(tx, sessionId, 'identity-provider');
  if (until === null) return refused('another-user');
  if (demand === 'met') await noteSecondFactor(tx, sessionId);
  await record(tx, provider, userId);
  return { kind: 'elevated' };
}

async function record(tx: Tx, { accountId, id }: StoredProvider, userId: string): Promise<void> {
  for (const chain of [platformChain, accountId])
    await recordAudit(tx, chain, {
      action: 'signin.elevated',
      actor: { kind: 'user', id: userId },
      details: { by: 'identity-provider', provider: id },
    });
}

async function takeRequestOf(
  { database }: FederationParts,
  { id: providerId }: StoredProvider,
  { relay, browser }: { relay: string; browser: string },
): Promise<FederationRequest | null> {
  if (relay === '' || browser === '') return null;
  return await database.transaction(
    'platform',
    async (tx) => await takeRequest(tx, { providerId, relay, browser }),
  );
}

function isFit(bytes: Buffer, expected: { answerUrl: string; encrypted: boolean }): boolean {
  try {
    judgeResponse(bytes, expected);
    return true;
  } catch (error) {
    if (error instanceof UnfitXmlError) return false;
    throw error;
  }
}

/** No session. */
export function refused(reason: FederationRefusal): Outcome {
  return { kind: 'refused', reason };
}
