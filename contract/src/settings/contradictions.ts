import type { SettingKey, SettingValues } from './registry.ts';

/** Two settings whose values exclude each other; the first is the one that makes no sense beside the second. */
export interface Contradiction {
  readonly keys: readonly [SettingKey, SettingKey];
  /** Decides whether the two matter to each other at all. */
  readonly given?: SettingKey;
  holds(values: SettingValues): boolean;
}

/** What cannot hold at once, at whatever level either was set (H1). */
export const contradictions: readonly Contradiction[] = [
  {
    // A warning comes before the end that it warns of.
    keys: ['inactivity.warning-minutes', 'inactivity.end-minutes'],
    holds: (values) => {
      const [warning, end] = [values['inactivity.warning-minutes'], values['inactivity.end-minutes']];
      return warning !== null && end !== null && warning >= end;
    },
  },
  {
    keys: ['signin.session-idle-minutes', 'signin.session-life-hours'],
    holds: (values) => values['signin.session-idle-minutes'] > values['signin.session-life-hours'] * 60,
  },
  {
    // A password that expires before it may be changed.
    keys: ['signin.password-min-age-days', 'signin.password-max-age-days'],
    holds: (values) => {
      const most = values['signin.password-max-age-days'];
      return most !== null && values['signin.password-min-age-days'] >= most;
    },
  },
  {
    keys: ['media.visitors-may-send', 'media.visitor-types'],
    holds: (values) => values['media.visitors-may-send'] && values['media.visitor-types'].length === 0,
  },
  {
    keys: ['media.agents-may-send', 'media.agent-types'],
    holds: (values) => values['media.agents-may-send'] && values['media.agent-types'].length === 0,
  },
  {
    // Redaction that is due after the transcript has gone never happens.
    keys: ['redaction.after-hours', 'retention.transcript-days'],
    given: 'redaction.mode',
    holds: (values) =>
      values['redaction.mode'] === 'hours' &&
      values['redaction.after-hours'] > values['retention.transcript-days'] * 24,
  },
];
