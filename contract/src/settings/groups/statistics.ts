import { oneOf, Type } from '../../shared/index.ts';
import { setting, accountWide, accountOnly, type Setting } from '../setting.ts';

/** How statistics count, and searching. */
export const statisticsSettings = {
  // How statistics count (I1). They hold for every period, so that periods can be compared.
  'statistics.service-level-seconds': setting({
    schema: Type.Integer({ minimum: 1, maximum: 3600 }),
    default: 20,
    levels: accountWide,
    sensitive: false,
  }),
  /** The share that is aimed at: what the console shows a service level beside. */
  'statistics.service-level-percent': setting({
    schema: Type.Integer({ minimum: 1, maximum: 100 }),
    default: 80,
    levels: accountWide,
    sensitive: false,
  }),
  'statistics.service-level-of': setting({
    schema: oneOf('answered-and-abandoned', 'answered', 'offered'),
    default: 'answered-and-abandoned',
    levels: accountWide,
    sensitive: false,
  }),
  /** Minutes after the end of an hour or a day until its files are published (I3). What is told later makes a correction. */
  'statistics.close-minutes': setting({
    schema: Type.Integer({ minimum: 1, maximum: 1440 }),
    default: 10,
    levels: accountWide,
    sensitive: false,
  }),
  'statistics.short-abandon-seconds': setting({
    schema: Type.Integer({ minimum: 0, maximum: 600 }),
    default: 5,
    levels: accountWide,
    sensitive: false,
  }),

  // Transcripts can be searched by their text (E10).
  'search.transcripts': setting({
    schema: Type.Boolean(),
    default: false,
    levels: accountOnly,
    sensitive: true,
    weaker: 'on',
  }),
} as const satisfies Record<string, Setting>;
