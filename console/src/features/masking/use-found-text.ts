import type { AccountRule, FoundKind } from '@samtal/contract/masking';
import { useText } from '../../text/index.ts';
import { useSettingText } from '../settings/index.ts';

/** What found a stretch, as people say it: a rule by its name, a detector by what it finds. */
export function useFoundText(rules: readonly AccountRule[]) {
  const { t } = useText();
  const setting = useSettingText();
  return ({ kind, ruleId }: { kind: string; ruleId: string | null }): string => {
    switch (kind as FoundKind) {
      case 'rule':
        return t('masking.found-rule', { name: rules.find(({ id }) => id === ruleId)?.name ?? '' });
      case 'digits':
        return t('setting.redaction.mode');
      case 'unjudged':
        return t('masking.found-unjudged');
      default:
        return setting.option('masking.detectors', kind);
    }
  };
}
