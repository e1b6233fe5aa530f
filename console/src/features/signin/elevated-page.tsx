import { useText } from '../../text/index.ts';
import { Card } from './card.tsx';

/** Where the window ends in which somebody confirmed at their identity provider. The one they came from goes on. */
export function ElevatedPage() {
  const { t } = useText();
  return (
    <Card title={t('elevation.done')} says={t('elevation.done-says')}>
      {null}
    </Card>
  );
}
