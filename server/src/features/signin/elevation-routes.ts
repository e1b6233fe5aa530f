import {
  elevate as elevateEndpoint,
  endElevation as endElevationEndpoint,
  getElevationWays,
  sendElevationCode as sendElevationCodeEndpoint,
  startElevationByPasskey as startElevationByPasskeyEndpoint,
} from '@samtal/contract/signin';
import type { HttpServer } from '../../platform/http/index.ts';
import {
  elevate,
  endElevation,
  readElevationWays,
  sendElevationCode,
  startElevationByPasskey,
} from './elevate.ts';
import type { SigninRoutesParts } from './door.ts';

export function elevationRoutes(http: HttpServer, { door }: Pick<SigninRoutesParts, 'door'>): void {
  http.serve(getElevationWays, async ({ caller }) => await readElevationWays(door, caller));

  http.serve(sendElevationCodeEndpoint, async ({ caller, body: { factorId } }) => {
    await sendElevationCode(door, caller, factorId);
    return undefined;
  });

  http.serve(startElevationByPasskeyEndpoint, async ({ caller }) => ({
    options: await startElevationByPasskey(door, caller),
  }));

  http.serve(elevateEndpoint, async ({ caller, body }) => {
    const elevatedUntil = await elevate(door, caller, body);
    return { elevatedUntil: elevatedUntil.toISOString() };
  });

  http.serve(endElevationEndpoint, async ({ caller }) => {
    await endElevation(door, caller);
    return undefined;
  });
}
