import { Alert, Button, Stack, Text } from '@mantine/core';
import { confirmNetworks, getNetworkTrial } from '@samtal/contract/settings';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call, Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, useNow, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';

export function networkTrialQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'network-trial'],
    queryFn: () => call(getNetworkTrial, { params: { accountId } }),
    retry: false,
  });
}

/** A new list of networks that waits to be confirmed (C5), with the time that is left; nothing where none does. */
export function NetworkTrialNotice({ onReverted }: { onReverted: () => void }) {
  const { t } = useText();
  const account = useAccount();
  const trial = useQuery(networkTrialQuery(account.id));
  if (trial.error instanceof Refusal && trial.error.code === 'signin.network')
    return (
      <Alert color="red" variant="light" role="alert" title={t('networks.trial-title')}>
        {t('networks.locked-out')}
      </Alert>
    );
  const { until = null, admitted = false, address = '' } = trial.data ?? {};
  if (until === null) return null;
  return (
    <OpenTrial until={Date.parse(until)} address={address} admitted={admitted} onReverted={onReverted} />
  );
}

interface OpenTrialProps {
  until: number;
  address: string;
  admitted: boolean;
  onReverted: () => void;
}

function OpenTrial({ until, address, admitted, onReverted }: OpenTrialProps) {
  const { t } = useText();
  const account = useAccount();
  const report = useReport();
  const queryClient = useQueryClient();
  const seconds = Math.max(0, Math.ceil((until - useNow()) / 1000));
  const isOver = seconds === 0;
  useEffect(() => {
    if (isOver) onReverted();
  }, [isOver, onReverted]);
  const confirm = async () => {
    await call(confirmNetworks, { params: { accountId: account.id } });
    await queryClient.invalidateQueries(networkTrialQuery(account.id));
    announce(t('networks.confirmed'));
  };
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <Alert color="yellow" variant="light" title={t('networks.trial-title')}>
      <Stack align="flex-start" gap="xs">
        <Text size="sm">
          {t('networks.trial-says', { time })}{' '}
          {t(admitted ? 'networks.trial-inside' : 'networks.trial-outside', { address })}
        </Text>
        {admitted && account.can('settings.manage') && (
          <Button size="xs" onClick={() => void report(confirm())}>
            {t('networks.confirm')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
