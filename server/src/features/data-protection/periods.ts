import type { KeptPeriod } from '@samtal/contract/data-protection';
import type { SettingKey, SettingOrigin, SettingValues } from '@samtal/contract/settings';
import type { Period } from '../retention/index.ts';

/** How settings stand somewhere: for the account, or one of its channels. */
export interface Standing {
  /** Null: the account. */
  readonly channelId: string | null;
  readonly values: SettingValues;
  readonly origins: Readonly<Record<SettingKey, SettingOrigin>>;
}

const nothing = { hours: null, from: null, class: null, setting: null, origin: 'platform' } as const;

/** How long a class is kept: for the account, and for each channel that says otherwise. */
export function keptPeriods(period: Period, account: Standing, channels: readonly Standing[]): KeptPeriod[] {
  switch (period.kind) {
    case 'setting': {
      const { setting, from } = period;
      const own = channels.filter(({ origins }) => origins[setting] === 'channel');
      return [account, ...own].map(({ channelId, values, origins }) => {
        const [days, origin] = [values[setting], origins[setting]];
        // A setting that says nothing lets it stay.
        if (days === null) return { ...nothing, channelId, kind: 'account', setting, origin };
        return { ...nothing, channelId, kind: 'setting', hours: Number(days) * 24, from, setting, origin };
      });
    }
    case 'at-most':
      return [{ ...nothing, channelId: null, kind: 'at-most', hours: period.hours, from: period.from }];
    case 'as-long-as':
      return [{ ...nothing, channelId: null, kind: 'as-long-as', class: period.class }];
    default:
      return [{ ...nothing, channelId: null, kind: period.kind }];
  }
}
