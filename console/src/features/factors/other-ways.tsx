import { Button, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.ts';

/** Below what somebody is asked for: what they can do instead. */
export function OtherWays({ children }: { children: ReactNode }) {
  const { t } = useText();
  return (
    <Stack gap={4} align="flex-start">
      <Text size="sm" c="dimmed">
        {t('factor.other-ways')}
      </Text>
      {children}
    </Stack>
  );
}

export function OtherWay({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    // Its words, and not its edge, stand below those above.
    <Button variant="subtle" size="compact-sm" ms="-0.5rem" ta="start" onClick={onClick}>
      {children}
    </Button>
  );
}
