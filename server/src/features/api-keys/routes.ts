import * as contract from '@samtal/contract/api-keys';
import type { Database } from '../../platform/database/index.ts';
import { keepPace, Refusal, type HttpServer } from '../../platform/http/index.ts';
import type { RateLimiter } from '../rate-limits/index.ts';
import { clientCredentials } from './client-credentials.ts';
import { createApiKey } from './create-api-key.ts';
import { issueToken } from './issue-token.ts';
import { oneKey, presentKey } from './presenter.ts';
import { readKeys } from './queries.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { rotateApiKey } from './rotate-api-key.ts';

export function apiKeysRoutes(
  http: HttpServer,
  { database, limiter }: { database: Database; limiter: RateLimiter },
): void {
  http.serve(contract.listApiKeys, async ({ caller: { accountId } }) => {
    const keys = await database.read(accountId, async (tx) => await readKeys(tx, accountId));
    return { items: keys.map(presentKey) };
  });

  http.serve(
    contract.createApiKey,
    async ({ caller, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const { id, secret } = await createApiKey(tx, { owner: caller, ...body });
        return { key: await oneKey(tx, caller.accountId, id), secret };
      }),
  );

  http.serve(
    contract.rotateApiKey,
    async ({ caller, params: { keyId }, body }) =>
      await database.transaction(caller.accountId, async (tx) => {
        const secret = await rotateApiKey(tx, caller, { keyId, ...body });
        return { key: await oneKey(tx, caller.accountId, keyId), secret };
      }),
  );

  http.serve(contract.revokeApiKey, async ({ caller: { accountId, actor }, params: { keyId } }) => {
    await database.transaction(
      accountId,
      async (tx) => await revokeApiKey(tx, accountId, { keyId, by: actor }),
    );
    return undefined;
  });

  http.serve(contract.issueToken, async ({ caller, body, request, reply }) => {
    const client = clientCredentials(request.headers.authorization, body);
    if (body.grant_type !== 'client_credentials') throw new Refusal('oauth.unsupported-grant-type');
    const issued = await issueToken({ database, limiter }, { ...client, scope: body.scope, from: caller });
    keepPace(reply, issued.pace);
    // RFC 6749, 5.1; cache-control is on every answer.
    void reply.header('pragma', 'no-cache');
    return {
      access_token: issued.token,
      token_type: 'Bearer' as const,
      expires_in: issued.seconds,
      scope: issued.authorisations.join(' '),
    };
  });
}
