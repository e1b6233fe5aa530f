import {
  endOtherSessions as endOtherSessionsEndpoint,
  endOwnSession as endOwnSessionEndpoint,
  endSessionOfUser as endSessionOfUserEndpoint,
  listOwnSessions,
  listSessionsOfUser,
} from '@samtal/contract/signin';
import type { Database } from '../../platform/database/index.ts';
import { found, type HttpServer } from '../../platform/http/index.ts';
import { readUser, refuseUnlessManageable } from '../users/index.ts';
import { endOtherSessions, endOwnSession, endSessionOfUser, readSessions } from './own-sessions.ts';

export interface SessionRoutesParts {
  readonly database: Database;
  readonly sessionsEnded: (sessionIds: readonly string[]) => void;
}

/** Sessions as people see and end their own, and administrators those of a user (C6). */
export function sessionRoutes(http: HttpServer, { database, sessionsEnded }: SessionRoutesParts): void {
  http.serve(listOwnSessions, async ({ caller: { userId, sessionId, onlyAccountId } }) => ({
    items: await database.read('platform', (tx) => readSessions(tx, userId, sessionId, onlyAccountId)),
  }));

  http.serve(endOwnSessionEndpoint, async ({ caller, params: { sessionId } }) => {
    await database.transaction('platform', (tx) => endOwnSession(tx, caller, sessionId));
    sessionsEnded([sessionId]);
    return undefined;
  });

  http.serve(endOtherSessionsEndpoint, async ({ caller }) => {
    sessionsEnded(await database.transaction('platform', (tx) => endOtherSessions(tx, caller)));
    return undefined;
  });

  http.serve(listSessionsOfUser, async ({ caller, params: { userId } }) => {
    const { accountId, sessionId } = caller;
    found(await database.read(accountId, (tx) => readUser(tx, accountId, userId)));
    return { items: await database.read('platform', (tx) => readSessions(tx, userId, sessionId)) };
  });

  http.serve(endSessionOfUserEndpoint, async ({ caller, params: { userId, sessionId } }) => {
    const { accountId, actor: by } = caller;
    await database.transaction(accountId, async (tx) => {
      found(await readUser(tx, accountId, userId));
      await refuseUnlessManageable(tx, accountId, { giver: caller, userId });
    });
    await database.transaction('platform', (tx) =>
      endSessionOfUser(tx, accountId, { userId, sessionId, by }),
    );
    sessionsEnded([sessionId]);
    return undefined;
  });
}
