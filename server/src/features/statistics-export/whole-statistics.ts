import { Refusal, type Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';

/**
 * Refuses with access.exceeds-own whoever does not see the statistics of the whole account themselves: an export account does
 * (B2, I4). To be entrusted with giving more than one holds does not reach here, since what is given leaves the platform.
 */
export function refuseUnlessSeeingAll(caller: Member): void {
  const scopes = scopesOf(caller, 'statistics.view');
  if (!scopes.some((scope) => Object.values(scope).every((values) => values === undefined)))
    throw new Refusal('access.exceeds-own');
}
