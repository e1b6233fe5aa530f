import type { LiveFigures } from '@samtal/contract/statistics';
import { useText } from '../../text/index.ts';

/** Of which part of the account the figures are, in words; null where it is the whole of it, or nobody knows yet. */
export function useScopeText(scopes: LiveFigures['scopes'] | undefined): string | null {
  const { t } = useText();
  if (scopes === null || scopes === undefined) return null;
  const words = scopes.map(({ units, queues, sites }) =>
    [
      ...(units === undefined ? [] : [units.join(', ')]),
      ...(queues === undefined ? [] : [queues.join(', ')]),
      ...(sites === undefined ? [] : [sites.join(', ')]),
    ].join(' · '),
  );
  return t('statistics.your-scope', { scope: words.join(' + ') });
}
