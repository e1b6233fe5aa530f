import {
  askForRenewal as askForRenewalEndpoint,
  completeRenewal as completeRenewalEndpoint,
  openRenewal as openRenewalEndpoint,
  sendRenewalCode as sendRenewalCodeEndpoint,
  startRenewalByPasskey as startRenewalByPasskeyEndpoint,
} from '@samtal/contract/signin';
import type { HttpServer } from '../../platform/http/index.ts';
import { refuseForeignOrigin } from './gate.ts';
import {
  askForRenewal,
  completeRenewal,
  openRenewal,
  sendRenewalCode,
  startRenewalByPasskey,
} from './renew-password.ts';
import type { SigninRoutesParts } from './door.ts';

/** Replacing a forgotten password by a mailed link. */
export function renewalRoutes(http: HttpServer, { door, sessionsEnded }: SigninRoutesParts): void {
  const { publicUrl } = door;

  http.serve(askForRenewalEndpoint, async ({ caller: { address }, body: { email }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    await askForRenewal(door, { email, address });
    return undefined;
  });

  http.serve(openRenewalEndpoint, async ({ caller: { address }, body: { token }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    return await openRenewal(door, { token, address });
  });

  http.serve(sendRenewalCodeEndpoint, async ({ caller: { address }, body, request }) => {
    refuseForeignOrigin(request, publicUrl);
    await sendRenewalCode(door, { ...body, address });
    return undefined;
  });

  http.serve(startRenewalByPasskeyEndpoint, async ({ caller: { address }, body: { token }, request }) => {
    refuseForeignOrigin(request, publicUrl);
    return { options: await startRenewalByPasskey(door, { token, address }) };
  });

  http.serve(completeRenewalEndpoint, async ({ caller: { address }, body, request }) => {
    refuseForeignOrigin(request, publicUrl);
    sessionsEnded(await completeRenewal(door, { ...body, address }));
    return undefined;
  });
}
