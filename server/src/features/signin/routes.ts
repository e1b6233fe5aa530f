import {
  acceptInvitation as acceptInvitationEndpoint,
  changePassword as changePasswordEndpoint,
  elevate as elevateEndpoint,
  endElevation as endElevationEndpoint,
  getSession,
  readInvitation,
  signIn as signInEndpoint,
  signOut as signOutEndpoint,
} from '@samtal/contract/signin';
import type { Database } from '../../platform/database/index.ts';
import type { HttpServer } from '../../platform/http/index.ts';
import type { Keyring } from '../../platform/keys/index.ts';
import { readSettings } from '../settings/index.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { changePassword } from './change-password.ts';
import { clearSessionCookie, setSessionCookie } from './cookie.ts';
import { describeSession } from './describe-session.ts';
import { deviceOf } from './device.ts';
import { elevate, endElevation } from './elevate.ts';
import { Failures } from './failures.ts';
import { refuseForeignOrigin } from './gate.ts';
import { Passwords } from './passwords.ts';
import { openInvitation } from './read-invitation.ts';
import { sessionRoutes } from './session-routes.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';

export function signinRoutes(
  http: HttpServer,
  {
    database,
    keyring,
    publicUrl,
    sessionsEnded,
  }: {
    database: Database;
    keyring: Keyring;
    publicUrl: URL;
    /** Told of sessions that have ended before their time: what stands on them, such as a socket, must go. */
    sessionsEnded: (sessionIds: readonly string[]) => void;
  },
): void {
  const door = { database, passwords: new Passwords(), failures: new Failures(keyring) };

  http.serve(signInEndpoint, async ({ caller: { address }, body, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    const device = deviceOf(request.headers['user-agent']);
    const { token, session } = await signIn(door, { ...body, address }, { device, sessionsEnded });
    setSessionCookie(reply, token);
    return session;
  });

  http.serve(getSession, async ({ caller: { sessionId } }) =>
    database.transaction('platform', (tx) => describeSession(tx, sessionId)),
  );

  sessionRoutes(http, { database, sessionsEnded });

  http.serve(signOutEndpoint, async ({ caller, reply }) => {
    await database.transaction('platform', (tx) => signOut(tx, caller));
    sessionsEnded([caller.sessionId]);
    clearSessionCookie(reply);
    return undefined;
  });

  http.serve(changePasswordEndpoint, async ({ caller, body }) => {
    sessionsEnded(await changePassword(door, caller, body));
    return undefined;
  });

  http.serve(elevateEndpoint, async ({ caller, body }) => {
    const elevatedUntil = await elevate(door, caller, body);
    return { elevatedUntil: elevatedUntil.toISOString() };
  });

  http.serve(endElevationEndpoint, async ({ caller }) => {
    await endElevation(door, caller);
    return undefined;
  });

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
