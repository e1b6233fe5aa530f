import type { TokenRequest } from '@samtal/contract/api-keys';
import { Refusal } from '../../platform/http/index.ts';

/**
 * How a client says who it is (RFC 6749, 2.3.1): by HTTP Basic, where both parts are form-encoded, or in the body; not in
 * both ways. Refuses with oauth.invalid-client when it does not say, and with request.invalid when it says it twice.
 */
export function clientCredentials(
  authorisation: string | undefined,
  { client_id: id, client_secret: secret }: TokenRequest,
): { clientId: string; clientSecret: string } {
  const basic = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorisation ?? '')?.[1];
  if (basic === undefined) {
    if (id === undefined || secret === undefined) throw new Refusal('oauth.invalid-client');
    return { clientId: id, clientSecret: secret };
  }
  const [, user, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
  if (user === undefined || password === undefined) throw new Refusal('oauth.invalid-client');
  const clientId = decoded(user);
  if (secret !== undefined || (id !== undefined && id !== clientId)) throw new Refusal('request.invalid');
  return { clientId, clientSecret: decoded(password) };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw new Refusal('oauth.invalid-client');
  }
}
