import { Alert, Button } from '@mantine/core';
import { confirmNetworks, getNetworkTrial, revertNetworks } from '@samtal/contract/settings';
import { IconClock } from '@tabler/icons-react';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call, Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, useNow, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import classes from './settings.module.css';

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
      <Alert color="red" variant="light" role="alert" title={t('networks.trial-title')} mb="xl">
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

/** Stays in view wherever the page is scrolled to: whoever has just saved stands by the setting, far below. */
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
  const params = { accountId: account.id };
  const confirm = async () => {
    await call(confirmNetworks, { params });
    await queryClient.invalidateQueries(networkTrialQuery(account.id));
    announce(t('networks.confirmed'));
  };
  const giveUp = async () => {
    await call(revertNetworks, { params });
    onReverted();
    announce(t('networks.given-up'));
  };
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return (
    <section className={classes.trial} aria-labelledby="network-trial">
      <IconClock aria-hidden="true" />
      <div className={classes.trialWords}>
        <strong id="network-trial" role="alert">
          {t('networks.trial-title')}
        </strong>
        <span>
          {t('networks.trial-says', { time })}{' '}
          {t(admitted ? 'networks.trial-inside' : 'networks.trial-outside', { address })}
        </span>
      </div>
      {account.can('settings.manage') && (
        <div className={classes.trialAnswers}>
          {admitted && (
            <Button size="xs" onClick={() => void report(confirm())}>
              {t('networks.confirm')}
            </Button>
          )}
          <Button size="xs" variant="default" onClick={() => void report(giveUp())}>
            {t('networks.give-up')}
          </Button>
        </div>
      )}
    </section>
  );
}
