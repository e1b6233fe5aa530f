import { useText } from '../../text/index.ts';
import type { Fault } from './pattern-fault.ts';

/** Says what is wrong with a pattern and what to do, with the part that is meant. */
export function useFaultText(): (fault: Fault) => string {
  const { t } = useText();
  return ({ kind, at }) => {
    const says = t(`masking.fault-${kind}`);
    return at === '' ? says : t('masking.fault-at', { says, at });
  };
}
