import { nullable } from '../../shared/index.ts';
import { setting, days, everywhere, accountWide, type Setting } from '../setting.ts';

/** How long what is kept. */
export const retentionSettings = {
  // Retention (G7), counted from the end of what is kept.
  'retention.transcript-days': setting({
    schema: days(1, 3650),
    default: 14,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'retention.activity-log-days': setting({
    schema: days(1, 7),
    default: 7,
    levels: accountWide,
    sensitive: true,
    weaker: 'higher',
  }),
  'retention.audit-days': setting({
    schema: days(30, 3650),
    default: 730,
    levels: accountWide,
    sensitive: true,
    weaker: 'lower',
  }),
  /**
   * Figures, what they are counted from, and published files, in whole days of UTC since their end. At least 93, so that there are always
   * more than three months of them (I3). Null: they stay as long as the account.
   */
  'retention.statistics-days': setting({
    schema: nullable(days(93, 3650)),
    default: null,
    levels: accountWide,
    sensitive: true,
    weaker: { never: 'By default they stay, and no number keeps them longer.' },
  }),
} as const satisfies Record<string, Setting>;
