import type { DataServiceQuery } from '@samtal/contract/data-services';
import { useText } from '../../text/index.ts';

/** The period of a definition in words. */
export function usePeriodWords(): (period: DataServiceQuery['period']) => string {
  const { count } = useText();
  return (period) =>
    period.kind === 'given'
      ? count('services.given-days', period.longestDays)
      : count(`services.last-${period.unit}`, period.count);
}
