import { jwtVerify, errors, type JWTPayload } from 'jose';
import { endProvidersSessions } from './end-providers-sessions.ts';
import type { FederationParts } from './finish-sign-in.ts';
import { skewS } from './oidc-clients.ts';
import { isOfProvider, isUnreachable } from './oidc-errors.ts';
import type { StoredOidc } from './queries.ts';
import { useAssertion } from './requests.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';
/** One that was issued longer ago than that is refused, whenever it says that it ends. */
const lifeS = 5 * 60;

/** Whose sessions are to end: all that somebody has from there, or those that stand on one of theirs. */
interface Ending {
  readonly jti: string;
  readonly until: Date;
  readonly subject: string | null;
  readonly session: string | null;
}

/**
 * Ends the sessions that a provider says are over (OpenID Connect Back-Channel Logout 1.0, 2.6). False when what it says is not
 * for us, not from it, or has been said before.
 */
export async function receiveLogout(
  parts: Pick<FederationParts, 'database' | 'oidcClients' | 'sessionsEnded'>,
  provider: StoredOidc,
  token: string,
): Promise<boolean> {
  const ending = await judgeToken(parts, provider, token);
  if (ending === null) return false;
  return await parts.database.transaction('platform', async (tx) => {
    const { accountId, id: providerId } = provider;
    const { jti, until } = ending;
    // Told apart from what else is used once by a space, which no id of an assertion has.
    const isNew = await useAssertion(tx, { accountId, providerId, assertionId: `logout ${jti}`, until });
    if (!isNew) return false;
    const { subject, session } = ending;
    const sessions = session === null ? [] : [session];
    await endProvidersSessions(tx, provider, { subject, sessions, sessionsEnded: parts.sessionsEnded });
    return true;
  });
}

async function judgeToken(
  { oidcClients }: Pick<FederationParts, 'oidcClients'>,
  provider: StoredOidc,
  token: string,
): Promise<Ending | null> {
  try {
    const { keys, algorithms } = await oidcClients.signersOf(provider);
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms,
      issuer: provider.oidc.issuer,
      audience: provider.oidc.clientId,
      clockTolerance: skewS,
      maxTokenAge: lifeS,
      requiredClaims: ['iss', 'aud', 'iat', 'exp', 'jti', 'events'],
    });
    // An ID token is none, however well it is signed: neither by its type nor by what it holds.
    const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt';
    if (type !== 'logout+jwt' && type !== 'jwt') return null;
    return endingOf(payload);
  } catch (error) {
    if (error instanceof errors.JOSEError || isUnreachable(error) || isOfProvider(error)) return null;
    throw error;
  }
}

function endingOf({ jti, iat = 0, sub, sid, events, nonce }: JWTPayload): Ending | null {
  const isEvent = typeof events === 'object' && events !== null && Object.hasOwn(events, event);
  const subject = textOf(sub);
  const session = textOf(sid);
  if (!isEvent || nonce !== undefined || textOf(jti) === null) return null;
  if (subject === null && session === null) return null;
  return { jti: String(jti), until: new Date((iat + lifeS + 2 * skewS) * 1000), subject, session };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 512 ? value : null;
}
