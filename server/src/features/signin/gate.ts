import { unattendedHeader } from '@samtal/contract/signin';
import type { FastifyRequest } from 'fastify';
import type { Database } from '../../platform/database/index.ts';
import { anyone, Refusal, type Gate } from '../../platform/http/index.ts';
import { embeddedIn, sessionToken } from './cookie.ts';
import { readElevation } from './elevation.ts';
import { findSession, isCsrfTokenOf, useSession } from './sessions.ts';

/** Says whose session a request carries, and whether our own page made it. */
export function signinGate({
  database,
  publicUrl,
}: {
  database: Database;
  publicUrl: URL;
}): Pick<Gate, 'signedIn' | 'carriesSession' | 'checkForgery' | 'elevation'> {
  return {
    signedIn: async (request) => {
      const token = sessionToken(request);
      if (token === null) throw new Refusal('signin.required');
      const isAttended = request.headers[unattendedHeader] !== '1';
      const session = isAttended
        ? await database.transaction('platform', (tx) => useSession(tx, token, embeddedIn(request)))
        : await database.read('platform', (tx) => findSession(tx, token, embeddedIn(request)));
      if (session === null) throw new Refusal('signin.required');
      return { ...anyone(request), ...session, isAttended };
    },
    carriesSession: (request) => sessionToken(request) !== null,
    checkForgery: async (request, { sessionId }) => {
      refuseForeignOrigin(request, publicUrl);
      const token = request.headers['x-csrf-token'];
      const isOwn =
        typeof token === 'string' &&
        (await database.read('platform', (tx) => isCsrfTokenOf(tx, sessionId, token)));
      if (!isOwn) throw new Refusal('request.csrf');
    },
    elevation: (caller, needed) => database.read('platform', (tx) => readElevation(tx, caller, needed)),
  };
}

/**
 * Refuses what our own page did not send. Browsers name the origin in every request that is not a GET, and no page can
 * change it; whoever names none is no browser with our page open.
 */
export function refuseForeignOrigin(request: FastifyRequest, publicUrl: URL): void {
  const site = request.headers['sec-fetch-site'];
  if (request.headers.origin !== publicUrl.origin || (site !== undefined && site !== 'same-origin')) {
    throw new Refusal('request.origin');
  }
}
