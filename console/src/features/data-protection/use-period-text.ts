import type { DataProtectionRecord, KeptPeriod } from '@samtal/contract/data-protection';
import { useText } from '../../text/index.ts';

/** How long something is kept, and who has decided that, in words. */
export function usePeriodText(
  channels: DataProtectionRecord['channels'],
): (period: KeptPeriod) => { says: string; from: string } {
  const { t, count } = useText();
  const length = (hours: number) =>
    hours % 24 === 0 ? count('record.days', hours / 24) : count('record.hours', hours);
  return (period) => {
    const { kind, hours, from, channelId } = period;
    const name = channels.find(({ id }) => id === channelId)?.name;
    const origin = t(`record.origin-${period.origin}`);
    const where = name === undefined ? origin : `${name}: ${origin}`;
    if (kind === 'until-removed' || kind === 'until-redaction' || kind === 'account')
      return { says: t(`record.${kind}`), from: '' };
    if (kind === 'as-long-as')
      return {
        says: period.class === null ? '' : t('record.as-long-as', { class: t(`data-class.${period.class}`) }),
        from: '',
      };
    const since = from === null ? '' : t(`record.from-${from}`);
    return { says: `${length(hours ?? 0)} ${since}`, from: where };
  };
}
