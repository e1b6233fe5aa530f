import { Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { askForElevationBy } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ElevationForm } from './elevation-form.tsx';
import { ProviderElevation } from './provider-elevation.tsx';
import { sessionQuery, useSession } from './session.ts';

/**
 * Asks whoever is signed in to show that it is them, at the moment when something sensitive is refused without (C3). The
 * request that was refused is then made again by itself.
 */
export function ElevationDialog() {
  const { t } = useText();
  const queryClient = useQueryClient();
  const providerId = useSession()?.providerId ?? null;
  const [opened, setOpened] = useState(false);
  const [ownSignIn, setOwnSignIn] = useState(false);
  const [byOwnFactor, setByOwnFactor] = useState(false);
  const answer = useRef<(elevated: boolean) => void>(() => undefined);

  useEffect(() => {
    askForElevationBy(
      async (isOwnSignIn) =>
        await new Promise<boolean>((resolve) => {
          answer.current = resolve;
          setOwnSignIn(isOwnSignIn);
          setByOwnFactor(false);
          setOpened(true);
        }),
    );
    return () => {
      askForElevationBy(null);
      answer.current(false);
    };
  }, []);

  const end = (elevatedUntil: string | null) => {
    setOpened(false);
    if (elevatedUntil !== null)
      queryClient.setQueryData(sessionQuery.queryKey, (session) =>
        session === null || session === undefined ? session : { ...session, elevatedUntil },
      );
    answer.current(elevatedUntil !== null);
  };

  return (
    <Modal
      opened={opened}
      onClose={() => end(null)}
      title={t('elevation.title')}
      // Above whatever dialog the refused request came from.
      zIndex={400}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text size="sm">{t('elevation.says')}</Text>
        {providerId === null || byOwnFactor ? (
          <ElevationForm
            ownSignIn={ownSignIn}
            onProvider={providerId === null ? null : () => setByOwnFactor(false)}
            onElevated={end}
            onCancel={() => end(null)}
          />
        ) : (
          <ProviderElevation
            providerId={providerId}
            onElevated={end}
            onOwnFactor={() => setByOwnFactor(true)}
            onCancel={() => end(null)}
          />
        )}
      </Stack>
    </Modal>
  );
}
