import type { DataServiceParameters, DataServiceQuery } from '@samtal/contract/data-services';
import { Refusal } from '../../platform/http/index.ts';

/**
 * Refuses with data-services.parameter what the definition does not take, and the lack of what it needs, and says which. Without
 * effects.
 */
export function judgeParameters(
  { period, parameters }: DataServiceQuery,
  given: DataServiceParameters,
): DataServiceParameters {
  const ofPeriod = period.kind === 'given' ? 'must' : 'not';
  const uses = {
    from: ofPeriod,
    to: ofPeriod,
    queueId: parameters.queue,
    siteId: parameters.site,
    agentId: parameters.agent,
  } as const;
  const fields = Object.entries(uses).flatMap(([name, use]) => {
    const isGiven = given[name as keyof DataServiceParameters] !== undefined;
    if (isGiven && use === 'not') return [{ pointer: `/query/${name}`, problem: 'is not taken here' }];
    return !isGiven && use === 'must' ? [{ pointer: `/query/${name}`, problem: 'is missing' }] : [];
  });
  if (fields.length > 0) throw new Refusal('data-services.parameter', { fields });
  return given;
}
