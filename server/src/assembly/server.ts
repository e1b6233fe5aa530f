import { addressBehind, HttpServer } from '../platform/http/index.ts';
import { apiKeyGate } from '../features/api-keys/index.ts';
import { idempotencyGate } from '../features/idempotency/index.ts';
import { userPace } from '../features/rate-limits/index.ts';
import { Realtime } from '../features/realtime/index.ts';
import { admitMember, livingSessions, signinGate, touchSession } from '../features/signin/index.ts';
import { LastActivity } from '../features/users/index.ts';
import { admitVisitor } from '../features/widget/index.ts';
import type { Services } from './services.ts';

/** The server of a node, with what it asks of each request. */
export function makeServer({
  database,
  keyring,
  log,
  publicUrl,
  limiter,
  trustedProxies,
  tls,
}: Services): HttpServer {
  const lastActivity = new LastActivity(database);
  return new HttpServer({
    log,
    trustedProxies,
    tls,
    publicUrl,
    gate: {
      ...signinGate({ database, publicUrl }),
      ...apiKeyGate({ database, limiter }),
      ...userPace({ database, limiter }),
      ...idempotencyGate({ database, keyring }),
      member: async (person, account) => {
        const member = await database.read(account, async (tx) => await admitMember(tx, person, account));
        if (member !== null && person.isAttended === true) await lastActivity.note(account, person.userId);
        return member;
      },
      visitor: async (request, siteKey, minutesAfterSession) =>
        await admitVisitor(database, request, { siteKey, minutesAfterSession }),
    },
  });
}

/** The sockets of a node. */
export function makeRealtime({
  database,
  entries,
  posts,
  masker,
  agentsMasking,
  fanout,
  log,
  publicUrl,
  activity,
  trustedProxies,
}: Services): Realtime {
  const sessions = {
    stands: async (id: string) =>
      await database.read('platform', async (tx) => (await livingSessions(tx, [id])).has(id)),
    use: async (id: string) =>
      await database.transaction('platform', async (tx) => await touchSession(tx, id)),
    member: admitMember,
  };
  return new Realtime({
    database,
    log: entries,
    posts,
    masker,
    agentsMasking,
    fanout,
    logger: log,
    publicUrl,
    sessions,
    activity,
    addressOf: addressBehind(trustedProxies),
  });
}
