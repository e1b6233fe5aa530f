import type { MetricParameters } from '@samtal/contract/statistics';
import type { ReadTx } from '../../../platform/database/index.ts';
import { readSettings } from '../../settings/index.ts';

/** What the account has chosen of how things are counted. */
export async function readParameters(tx: ReadTx, account: string): Promise<MetricParameters> {
  const values = await readSettings(tx, account, null);
  return {
    serviceLevelSeconds: values['statistics.service-level-seconds'],
    shortAbandonSeconds: values['statistics.short-abandon-seconds'],
    serviceLevelOf: values['statistics.service-level-of'],
  };
}
