import { useNetwork } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useText } from '../../text/index.ts';
import { ToneBadge, ToneDot } from '../../ui/index.ts';
import { useConnectionState } from './live-provider.tsx';

const graceMs = 1_500;

/** Says when the console itself has lost its connection. A blink is not worth telling. */
export function ConnectionChip() {
  const { t } = useText();
  const { online } = useNetwork();
  // The browser often knows first that the network is gone: the socket’s silence takes its time to tell.
  const isOnline = useConnectionState() === 'online' && online;
  const [shown, setShown] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setShown(!isOnline), isOnline ? 0 : graceMs);
    return () => clearTimeout(timer);
  }, [isOnline]);

  return (
    <span role="status" data-reconnecting={shown || undefined}>
      {shown && (
        <ToneBadge tone="warning">
          <ToneDot tone="warning" /> {t('connection.reconnecting')}
        </ToneBadge>
      )}
    </span>
  );
}
