import {
  acceptInvitation as acceptInvitationEndpoint,
  changePassword as changePasswordEndpoint,
  getSession,
  readInvitation,
  signOut as signOutEndpoint,
} from '@samtal/contract/signin';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import type { Messenger } from '../factors/index.ts';
import { readSettings } from '../settings/index.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { changePassword } from './change-password.ts';
import { browserToken, clearSessionCookie, setSignedOutCookie } from './cookie.ts';
import { describeSession } from './describe-session.ts';
import type { SigninRoutesParts } from './door.ts';
import { elevationRoutes } from './elevation-routes.ts';
import { factorRoutes } from './factor-routes.ts';
import { Failures } from './failures.ts';
import { refuseForeignOrigin } from './gate.ts';
import { Passwords } from './passwords.ts';
import { openInvitation } from './read-invitation.ts';
import { renewalRoutes } from './renewal-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { signOut } from './sign-out.ts';

export interface SigninParts extends Pick<SigninRoutesParts, 'sessionsEnded'> {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly publicUrl: URL;
  readonly messenger: Messenger;
}

export function signinRoutes(http: HttpServer, { sessionsEnded, ...parts }: SigninParts): void {
  const door = { ...parts, passwords: new Passwords(), failures: new Failures(parts.keyring) };
  signInRoutes(http, { door, sessionsEnded });
  ownSessionRoutes(http, { door, sessionsEnded });
  sessionRoutes(http, { database: door.database, sessionsEnded });
  elevationRoutes(http, { door });
  factorRoutes(http, { door, sessionsEnded });
  renewalRoutes(http, { door, sessionsEnded });
  invitationRoutes(http, { door });
}

function ownSessionRoutes(http: HttpServer, { door, sessionsEnded }: SigninRoutesParts): void {
  const { database } = door;
  http.serve(getSession, async ({ caller: { sessionId } }) =>
    database.transaction('platform', (tx) => describeSession(tx, sessionId)),
  );

  http.serve(signOutEndpoint, async ({ caller, reply }) => {
    const onward = await database.transaction('platform', async (tx) => await signOut(tx, caller));
    sessionsEnded([caller.sessionId]);
    clearSessionCookie(reply);
    if (onward !== null) setSignedOutCookie(reply, onward);
    return undefined;
  });

  http.serve(changePasswordEndpoint, async ({ caller, body, request }) => {
    const browser = browserToken(request);
    sessionsEnded(await changePassword(door, caller, { ...body, browser }));
    return undefined;
  });
}

function invitationRoutes(http: HttpServer, { door }: Pick<SigninRoutesParts, 'door'>): void {
  const { database, publicUrl } = door;
  http.serve(readInvitation, async ({ caller: { address }, body: { token }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    const { accountId, accountName, email, name, expiresAt } = await openInvitation(door, { token, address });
    const settings = await database.read('platform', async (tx) => await readSettings(tx, accountId));
    return {
      accountName,
      email,
      name,
      passwordMinLength: settings['signin.password-min-length'],
      expiresAt: expiresAt.toISOString(),
    };
  });

  http.serve(acceptInvitationEndpoint, async ({ caller: { address }, body, request }) => {
    refuseForeignOrigin(request, publicUrl);
    await acceptInvitation(door, { ...body, address });
    return undefined;
  });
}
