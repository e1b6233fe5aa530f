import {
  beginFirstFactor as beginFirstFactorEndpoint,
  confirmFirstFactor as confirmFirstFactorEndpoint,
  continueSignIn as continueSignInEndpoint,
  renewExpiredPassword as renewExpiredPasswordEndpoint,
  getSignInStep,
  sendSignInCode as sendSignInCodeEndpoint,
  signIn as signInEndpoint,
  startPasskeySignIn as startPasskeySignInEndpoint,
} from '@samtal/contract/signin';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpServer } from '../../platform/http/index.ts';
import { continueSignIn, readStep, sendSignInCode, startPasskeySignIn } from './continue-sign-in.ts';
import {
  attemptToken,
  browserToken,
  clearAttemptCookie,
  embeddedIn,
  setAttemptCookie,
  setBrowserCookie,
  setSessionCookie,
} from './cookie.ts';
import { deviceOf } from './device.ts';
import type { SigninRoutesParts } from './door.ts';
import { beginFirstFactor, confirmFirstFactor } from './first-factor.ts';
import { refuseForeignOrigin } from './gate.ts';
import { renewExpiredPassword } from './renew-expired.ts';
import { signIn, type SignedInOr } from './sign-in.ts';

/** The steps from the password to a session. Between them an attempt stands in a cookie of its own. */
export function signInRoutes(http: HttpServer, { door, sessionsEnded }: SigninRoutesParts): void {
  const { publicUrl } = door;
  const arrivalOf = (request: FastifyRequest) => ({
    device: deviceOf(request.headers['user-agent']),
    embeddedIn: embeddedIn(request),
    browser: browserToken(request),
    sessionsEnded,
  });

  http.serve(signInEndpoint, async ({ caller: { address }, body, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    return answer(
      request,
      reply,
      await signIn(door, { ...body, address, browser: browserToken(request) }, arrivalOf(request)),
    );
  });

  http.serve(startPasskeySignInEndpoint, async ({ caller: { address }, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    const started = await startPasskeySignIn(door, { token: attemptToken(request), address });
    if (started.attemptToken !== null) setAttemptCookie(reply, started.attemptToken);
    return { options: started.options };
  });

  http.serve(getSignInStep, async ({ request }) => await readStep(door, attemptToken(request)));

  http.serve(sendSignInCodeEndpoint, async ({ body: { factorId }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    await sendSignInCode(door, { token: attemptToken(request), factorId });
    return undefined;
  });

  http.serve(continueSignInEndpoint, async ({ caller: { address }, body, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    const token = attemptToken(request);
    return answer(
      request,
      reply,
      await continueSignIn(door, { token, proof: body, address }, arrivalOf(request)),
    );
  });

  http.serve(renewExpiredPasswordEndpoint, async ({ caller: { address }, body, request, reply }) => {
    refuseForeignOrigin(request, publicUrl);
    const token = attemptToken(request);
    return answer(
      request,
      reply,
      await renewExpiredPassword(door, { ...body, token, address }, arrivalOf(request)),
    );
  });

  http.serve(beginFirstFactorEndpoint, async ({ body, request }) => {
    refuseForeignOrigin(request, publicUrl);
    return await beginFirstFactor(door, { token: attemptToken(request), wanted: body });
  });

  http.serve(
    confirmFirstFactorEndpoint,
    async ({ caller: { address }, params: { factorId }, body, request, reply }) => {
      refuseForeignOrigin(request, publicUrl);
      const token = attemptToken(request);
      const begun = await confirmFirstFactor(door, {
        token,
        factorId,
        shown: body,
        address,
        arrival: arrivalOf(request),
      });
      sessionsEnded(begun.ended);
      setSessionCookie(reply, begun.token);
      setBrowserCookie(reply, begun.browser);
      clearAttemptCookie(reply);
      return { session: begun.session, recoveryCodes: begun.recoveryCodes };
    },
  );
}

function answer(request: FastifyRequest, reply: FastifyReply, come: SignedInOr) {
  if ('step' in come) {
    if (come.attemptToken !== null) setAttemptCookie(reply, come.attemptToken);
    return come.step;
  }
  setSessionCookie(reply, come.token);
  if (come.browser !== null) setBrowserCookie(reply, come.browser);
  if (attemptToken(request) !== null) clearAttemptCookie(reply);
  return come.session;
}
