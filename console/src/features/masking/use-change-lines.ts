import { detectorKinds, type AccountRule, type DetectorKind } from '@samtal/contract/masking';
import type { SettingState } from '@samtal/contract/settings';
import { useText } from '../../text/index.ts';
import type { Line } from '../../ui/index.ts';
import { useSettingText } from '../settings/index.ts';
import { ruleChanges } from './rule-changes.ts';

/** How changes of lists are said: each rule and each detector by itself. Null for what is said as a whole. */
export function useChangeLines(): (setting: SettingState, after: unknown) => Line[] | null {
  const { t } = useText();
  const setting = useSettingText();
  const ruleText = (rule: AccountRule | null): string => {
    if (rule === null) return t('settings.nothing');
    const { name, pattern, action, keep, enabled } = rule;
    const becomes =
      action === 'keep-last' ? t('masking.keeps-last', { count: keep }) : t(`masking.action-${action}`);
    return [name, pattern, becomes, ...(enabled ? [] : [t('settings.off')])].join(' · ');
  };
  const onOrOff = (kinds: readonly DetectorKind[], kind: DetectorKind) =>
    t(kinds.includes(kind) ? 'settings.on' : 'settings.off');
  // What the server sends for these keys, and what the editors make, fits their schemas.
  return ({ key, value }, after) => {
    switch (key) {
      case 'masking.rules':
        return ruleChanges(value as AccountRule[], after as AccountRule[]).map((change) => ({
          name: change.name,
          before: ruleText(change.before),
          after: ruleText(change.after),
        }));
      case 'masking.detectors': {
        const [was, is] = [value as DetectorKind[], after as DetectorKind[]];
        return detectorKinds
          .filter((kind) => was.includes(kind) !== is.includes(kind))
          .map((kind) => ({
            name: setting.option(key, kind),
            before: onOrOff(was, kind),
            after: onOrOff(is, kind),
          }));
      }
      default:
        return null;
    }
  };
}
