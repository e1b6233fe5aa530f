import type { Version } from '@samtal/contract/history';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';

/** What a version is of: its kind and its name. */
export function useObjectName(): (version: Pick<Version, 'kind' | 'objectId' | 'name'>) => string {
  const { t } = useText();
  const account = useAccount();
  return ({ kind, objectId, name }) => {
    if (kind === 'account') return t('history.kind-account');
    if (kind === 'settings' && objectId === account.id) return t('history.settings-of-account');
    const called = name ?? t('history.nameless');
    return t(`history.one-${kind}`, { name: called });
  };
}
