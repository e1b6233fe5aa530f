import { dataClassNames, type KeptClass } from '@samtal/contract/retention';
import type { SettingValues } from '@samtal/contract/settings';
import { dataClasses, type DataClass } from './data-classes.ts';

/** Every class of data, and how long it is kept with these settings. */
export function presentClasses(settings: SettingValues): KeptClass[] {
  return dataClassNames.map((dataClass) => {
    const { personal, period, onRequest }: DataClass = dataClasses[dataClass];
    const setting = period.kind === 'setting' ? period.setting : null;
    const days = setting === null || settings[setting] === null ? null : Number(settings[setting]);
    // A setting that says nothing lets it stay.
    if (setting !== null && days === null)
      return { dataClass, personal, kept: 'account', setting, days, from: null, asLongAs: null, onRequest };
    return {
      dataClass,
      personal,
      kept: period.kind,
      setting,
      days: period.kind === 'at-most' ? period.hours / 24 : days,
      from: 'from' in period ? period.from : null,
      asLongAs: period.kind === 'as-long-as' ? period.class : null,
      onRequest,
    };
  });
}
