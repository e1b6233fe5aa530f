import { authorisations, type Authorisation } from '@samtal/contract/access';
import { sql } from 'kysely';
import { recordAudit } from '../../platform/audit/index.ts';
import type { Database } from '../../platform/database/index.ts';
import { Refusal, type Member, type Pace } from '../../platform/http/index.ts';
import { newToken, tokenHash } from '../../platform/tokens/index.ts';
import type { RateLimiter } from '../rate-limits/index.ts';
import { admitKey, recordRefusedKey, type KeyFault } from './admit-key.ts';
import { readCredential, writeToken } from './key-form.ts';
import { prove, type ProvenKey } from './prove.ts';

export interface TokenWish {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Authorisations, separated by spaces; everything the key holds when left out. */
  readonly scope: string | undefined;
  readonly from: { readonly address: string; readonly origin: string | null };
}

export interface IssuedToken {
  readonly pace: Pace;
  readonly token: string;
  readonly seconds: number;
  readonly authorisations: readonly Authorisation[];
}

/**
 * Exchanges a key for an access token (RFC 6749, 4.4). The client’s id is the key’s, and its secret the key as it was
 * shown. Counts as a request of the key. Refuses with oauth.invalid-client, oauth.unauthorized-client, oauth.invalid-scope, api-keys.network, request.rate-limited.
 */
export async function issueToken(
  { database, limiter }: { database: Database; limiter: RateLimiter },
  { clientId, clientSecret, scope, from }: TokenWish,
): Promise<IssuedToken> {
  const key = await provenClient(database, clientId, clientSecret);
  const admitted = await admitKey(database, key, { from, mode: 'token' });
  if ('fault' in admitted) {
    await recordRefusedKey(database, key, admitted.fault);
    throw refusalOf(admitted.fault);
  }
  const { member, settings } = admitted;
  const pace = await limiter.take(key.keyId, () => settings['api.requests-per-minute']);
  if (!pace.passes) throw new Refusal('request.rate-limited', { retryAfterS: pace.resetS });
  const held = heldBy(member);
  const wanted = scope === undefined ? null : judgedScope(scope, held);
  const minutes = settings['api.token-minutes'];
  const secret = newToken();
  await database.transaction(key.accountId, async (tx) => {
    await tx.sql
      .insertInto('api_token')
      .values({
        token_hash: tokenHash(secret),
        account_id: key.accountId,
        secret_id: key.secretId,
        authorisations: wanted,
        expires_at: sql<Date>`now() + make_interval(mins => ${minutes})`,
      })
      .execute();
    await recordAudit(tx, key.accountId, {
      action: 'api-keys.token-issued',
      actor: member.actor,
      subject: { kind: 'api-key', id: key.keyId },
      details: { minutes, ...(wanted === null ? {} : { scope: wanted }) },
    });
  });
  return { pace, token: writeToken(secret), seconds: minutes * 60, authorisations: wanted ?? held };
}

async function provenClient(database: Database, clientId: string, clientSecret: string): Promise<ProvenKey> {
  const credential = readCredential(clientSecret);
  if (credential?.kind !== 'key' || credential.keyId !== clientId.toLowerCase())
    throw new Refusal('oauth.invalid-client');
  const key = await database.read('platform', async (tx) => await prove(tx, credential));
  if (key === null) throw new Refusal('oauth.invalid-client');
  return key;
}

function heldBy({ grants }: Member): Authorisation[] {
  const held = new Set(grants.flatMap((grant) => [...grant.authorisations]));
  return (Object.keys(authorisations) as Authorisation[]).filter((name) => held.has(name));
}

/** A scope narrows (RFC 6749, 3.3): what the key does not hold, nobody gets by asking for it. */
function judgedScope(scope: string, held: readonly Authorisation[]): Authorisation[] {
  const names = new Set(scope.split(' ').filter((name) => name !== ''));
  const wanted = held.filter((name) => names.has(name));
  if (names.size === 0 || wanted.length !== names.size) throw new Refusal('oauth.invalid-scope');
  return wanted;
}

function refusalOf(fault: KeyFault): Refusal {
  if (fault === 'network') return new Refusal('api-keys.network');
  return new Refusal(fault === 'wrong-mode' ? 'oauth.unauthorized-client' : 'oauth.invalid-client');
}
