import type { DataService, DataServiceParameters, DataServiceRows } from '@samtal/contract/data-services';
import { metricsOf } from '@samtal/contract/statistics';
import type { ReadTx } from '../../platform/database/index.ts';
import { Refusal, type Member } from '../../platform/http/index.ts';
import { scopesOf } from '../access/index.ts';
import { dimensionsOf, readFigures } from '../statistics/index.ts';
import { askedPeriod } from './asked-period.ts';
import { judgeParameters } from './judge-parameters.ts';

/**
 * What a data service answers the caller with: the figures that `statistics.readFigures` has of the same question, in the scopes in
 * which he may run services, and of their measures those of the definition (B2). Refuses with data-services.disabled,
 * data-services.parameter, data-services.too-long, statistics.period, statistics.too-many.
 */
export async function runDataService(
  tx: ReadTx,
  caller: Member,
  { key, enabled, query }: DataService,
  given: DataServiceParameters,
): Promise<DataServiceRows> {
  if (!enabled) throw new Refusal('data-services.disabled');
  const { subject, by, grain, filters } = query;
  const { from: _from, to: _to, ...asked } = judgeParameters(query, given);
  const period = await askedPeriod(tx, query, given);
  const { queueIds, siteIds } = filters;
  const figures = await readFigures(tx, caller.accountId, {
    viewer: { scopes: scopesOf(caller, 'data-services.read') },
    subject,
    query: { ...period, grain, ...(by === null ? {} : { by }), ...asked },
    within: {
      ...(queueIds === null ? {} : { queue: queueIds }),
      ...(siteIds === null ? {} : { site: siteIds }),
    },
    measures: measuresOf(query),
  });
  return { key, ...figures, ...period };
}

/** The measures of a service, in the order of the subject. */
export function measuresOf({ subject, measures }: DataService['query']): string[] {
  return metricsOf(subject)
    .map(({ name }) => name)
    .filter((name) => measures.includes(name));
}

/** What its rows are about, in the order of columns. */
export function columnsOf({ subject, by }: DataService['query']): readonly string[] {
  return dimensionsOf(subject, by ?? undefined);
}
