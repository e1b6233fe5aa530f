import type { FastifyReply } from 'fastify';
import type { Refusal } from './refusal.ts';

/** Refusals in the words of OAuth 2.0 (RFC 6749, 5.2). */
const words: Readonly<Record<string, string>> = {
  'oauth.invalid-client': 'invalid_client',
  'oauth.unauthorized-client': 'unauthorized_client',
  'oauth.unsupported-grant-type': 'unsupported_grant_type',
  'oauth.invalid-scope': 'invalid_scope',
  'api-keys.network': 'unauthorized_client',
  'request.rate-limited': 'temporarily_unavailable',
  unavailable: 'temporarily_unavailable',
  internal: 'server_error',
};

/** Answers a refusal as a token endpoint does: the protocol’s own shape instead of problem details. */
export function sendOAuthProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.status === 401) void reply.header('www-authenticate', 'Basic realm="samtal", charset="UTF-8"');
  if (refusal.retryAfterS !== null) void reply.header('retry-after', String(refusal.retryAfterS));
  return reply
    .status(refusal.status)
    .headers({ 'cache-control': 'no-store', pragma: 'no-cache', 'content-type': 'application/json' })
    .send(
      JSON.stringify({ error: words[refusal.code] ?? 'invalid_request', error_description: refusal.message }),
    );
}
