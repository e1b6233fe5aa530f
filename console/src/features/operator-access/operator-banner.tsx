import { Button } from '@mantine/core';
import { leaveAccount } from '@samtal/contract/operator-access';
import { IconUserShield } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { sessionQuery, useSession } from '../signin/index.ts';
import { operatorAccessQuery, operatorsPresentQuery } from './queries.ts';
import classes from './operator-access.module.css';

/** Says to an operator that they are one, and to everybody else that one is there or asks to be (B4). It cannot be closed. */
export function OperatorBanner() {
  const session = useSession();
  const operator = session?.operator ?? null;
  return operator === null ? <OperatorsHere /> : <OwnAccess endsAt={operator.endsAt} />;
}

function OwnAccess({ endsAt }: { endsAt: string }) {
  const { t, formats } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const leave = async () => {
    await call(leaveAccount);
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <Banner
      action={
        <Button size="compact-sm" variant="default" onClick={() => setLeaving(true)}>
          {t('operators.leave')}
        </Button>
      }
    >
      {t('operators.you', { account: account.name, at: formats.dateTime(endsAt) })}
      <ConfirmDialog
        opened={leaving}
        title={t('operators.leave-title')}
        says={t('operators.leave-says')}
        action={t('operators.leave')}
        danger
        onConfirm={leave}
        onClose={() => setLeaving(false)}
      />
    </Banner>
  );
}

function OperatorsHere() {
  const { t, count, formats } = useText();
  const account = useAccount();
  const mayDecide = account.can('operators.admit');
  const present = useQuery(operatorsPresentQuery(account.id)).data ?? [];
  const all = useQuery({ ...operatorAccessQuery(account.id), enabled: mayDecide }).data ?? [];
  const asking = all.filter(({ state }) => state === 'requested').length;
  const toPage = (text: string) => (
    <Button
      size="compact-sm"
      variant="default"
      renderRoot={(props) => <Link to="/admin/operators" {...props} />}
    >
      {text}
    </Button>
  );
  if (present.length > 0) {
    const who = present.map(({ name, endsAt }) =>
      t('operators.present', { name, at: formats.dateTime(endsAt) }),
    );
    return <Banner action={mayDecide ? toPage(t('operators.look')) : null}>{who.join(' ')}</Banner>;
  }
  if (asking === 0) return null;
  return <Banner action={toPage(t('operators.decide'))}>{count('operators.asking', asking)}</Banner>;
}

function Banner({ action, children }: { action: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.banner} role="status">
      <IconUserShield size={20} aria-hidden />
      <div className={classes.bannerWords}>{children}</div>
      {action}
    </div>
  );
}
