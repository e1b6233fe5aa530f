import {
  endOperatorAccess,
  refuseOperatorAccess,
  type OperatorAccess,
} from '@samtal/contract/operator-access';
import { IconUserShield } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ConfirmDialog, EmptyState, Page, Rows } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { AccessRow } from './access-row.tsx';
import { ApproveDialog } from './approve-dialog.tsx';
import { operatorAccessQuery } from './queries.ts';

/** What operators of the installation ask for in this account, what they were given, and what became of it (B4). */
export function OperatorsPage() {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const all = useQuery(operatorAccessQuery(account.id));
  const [approving, setApproving] = useState<OperatorAccess | null>(null);
  const [refusing, setRefusing] = useState<OperatorAccess | null>(null);
  const [ending, setEnding] = useState<OperatorAccess | null>(null);
  const refresh = async () => await queryClient.invalidateQueries({ queryKey: ['account', account.id] });
  const of = (access: OperatorAccess | null) => ({
    params: { accountId: account.id, accessId: access?.id ?? '' },
  });
  return (
    <Page title={t('admin.operators')} says={t('operators.says')}>
      <Rows
        query={all}
        label={t('admin.operators')}
        isEmpty={all.data?.length === 0}
        empty={
          <EmptyState icon={IconUserShield} title={t('operators.none')} says={t('operators.none-says')} />
        }
      >
        {all.data?.map((access) => (
          <AccessRow
            key={access.id}
            access={access}
            onApprove={() => setApproving(access)}
            onRefuse={() => setRefusing(access)}
            onEnd={() => setEnding(access)}
          />
        ))}
      </Rows>
      {approving !== null && (
        <ApproveDialog access={approving} onDone={refresh} onClose={() => setApproving(null)} />
      )}
      <ConfirmDialog
        opened={refusing !== null}
        title={t('operators.refuse-title', { name: refusing?.operatorName ?? '' })}
        says={t('operators.refuse-says')}
        action={t('operators.refuse')}
        danger
        onConfirm={async () => {
          await call(refuseOperatorAccess, of(refusing));
          await refresh();
        }}
        onClose={() => setRefusing(null)}
      />
      <ConfirmDialog
        opened={ending !== null}
        title={t('operators.end-title', { name: ending?.operatorName ?? '' })}
        says={t('operators.end-says')}
        action={t('operators.end')}
        danger
        onConfirm={async () => {
          await call(endOperatorAccess, of(ending));
          await refresh();
        }}
        onClose={() => setEnding(null)}
      />
    </Page>
  );
}
