import { Refusal, type Member } from '../../platform/http/index.ts';
import { mayEverywhere } from '../access/index.ts';

/**
 * Refuses with access.exceeds-own whoever does not see the statistics of the whole account themselves: an export account does
 * (B2, I4). To be entrusted with giving more than one holds does not reach here, since what is given leaves the platform.
 */
export function refuseUnlessSeeingAll(caller: Member): void {
  if (!mayEverywhere(caller, 'statistics.view')) throw new Refusal('access.exceeds-own');
}
