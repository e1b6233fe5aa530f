import { Alert, Button, Group, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useText } from '../../text/index.ts';
import { OtherWay, OtherWays } from '../factors/index.ts';
import { sessionQuery } from './session.ts';

interface ProviderElevationProps {
  providerId: string;
  onElevated: (elevatedUntil: string) => void;
  /** Where the organisation’s proof does not count, a factor of their own does. */
  onOwnFactor: () => void;
  onCancel: () => void;
}

/** Whoever signed in by an identity provider confirms there, in a window of its own; coming back to this one goes on. */
export function ProviderElevation({ providerId, onElevated, onOwnFactor, onCancel }: ProviderElevationProps) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [isMissing, setMissing] = useState(false);
  useEffect(() => {
    const look = async () => {
      const session = await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
      const until = session?.elevatedUntil ?? null;
      if (until === null) setMissing(true);
      else onElevated(until);
    };
    const onFocus = () => void look().catch(() => setMissing(true));
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [queryClient, onElevated]);
  return (
    <Stack>
      {isMissing && (
        <Alert color="gray" variant="light" role="status">
          {t('elevation.provider-missing')}
        </Alert>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button
          component="a"
          href={`/identity-providers/${providerId}/sign-in?elevate=1`}
          target="_blank"
          rel="noreferrer"
          leftSection={<IconExternalLink size={16} aria-hidden="true" />}
          data-autofocus
        >
          {t('elevation.provider')}
        </Button>
      </Group>
      {isMissing && (
        <OtherWays>
          <OtherWay onClick={onOwnFactor}>{t('elevation.own-factor')}</OtherWay>
        </OtherWays>
      )}
    </Stack>
  );
}
