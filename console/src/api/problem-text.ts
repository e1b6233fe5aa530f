import { useCallback } from 'react';
import { useText } from '../text/index.ts';
import { Refusal } from './refusal.ts';

/** Says in the user’s language what went wrong and what to do. */
export function useProblemText(): (error: unknown) => string {
  const { t } = useText();
  return useCallback((error) => t(`problem.${error instanceof Refusal ? error.code : 'internal'}`), [t]);
}
