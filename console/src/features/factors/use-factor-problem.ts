import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { NoPasskey } from './passkeys.ts';

/** Says why something did not work that may have been up to the browser. */
export function useFactorProblem(): (error: unknown) => string {
  const { t } = useText();
  const problemText = useProblemText();
  return (error) => (error instanceof NoPasskey ? t('factor.no-passkey') : problemText(error));
}
