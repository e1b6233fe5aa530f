import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { endElevation } from '@samtal/contract/signin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useIsPhone, useNow, useReport } from '../../ui/index.ts';
import { sessionQuery, useSession } from './session.ts';

/** How long sensitive work may still be done without being asked, and the way to end that now (C3). */
export function ElevationChip() {
  const elevatedUntil = useSession()?.elevatedUntil ?? null;
  return elevatedUntil === null ? null : <TimeLeft until={Date.parse(elevatedUntil)} />;
}

function TimeLeft({ until }: { until: number }) {
  const { t } = useText();
  const isPhone = useIsPhone();
  const queryClient = useQueryClient();
  const report = useReport();
  const minutes = Math.ceil((until - useNow()) / 60_000);
  const end = useMutation({
    mutationFn: async () => await call(endElevation),
    onSuccess: () =>
      queryClient.setQueryData(sessionQuery.queryKey, (session) =>
        session === null || session === undefined ? session : { ...session, elevatedUntil: null },
      ),
  });
  if (minutes <= 0) return null;
  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        {isPhone ? (
          <ActionIcon size="lg" variant="light" aria-label={t('elevation.left', { minutes })}>
            <IconShieldCheck size={18} />
          </ActionIcon>
        ) : (
          <Button
            size="compact-md"
            variant="light"
            leftSection={<IconShieldCheck size={16} aria-hidden="true" />}
            aria-label={t('elevation.left', { minutes })}
          >
            {t('elevation.minutes', { minutes })}
          </Button>
        )}
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('elevation.left', { minutes })}</Menu.Label>
        <Menu.Item onClick={() => void report(end.mutateAsync())}>{t('elevation.end')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
