import { Refusal, type Member } from '../../platform/http/index.ts';
import { mayEverywhere } from '../access/index.ts';

/** Refuses with access.exceeds-own whoever does not see the statistics of the whole account: what they define, others are given (B2). */
export function refuseUnlessSeeingAll(caller: Member): void {
  if (!mayEverywhere(caller, 'statistics.view')) throw new Refusal('access.exceeds-own');
}
