import { MultiSelect } from '@mantine/core';
import { listHolders } from '@samtal/contract/access';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';

interface UsersEditorProps {
  /** Ids. */
  users: readonly string[];
  labelledBy: string;
  describedBy: string;
  onChange: (users: string[]) => void;
}

/** Chooses among those who manage the identity providers: nobody else can put right what keeps the others out. */
export function UsersEditor({ users, labelledBy, describedBy, onChange }: UsersEditorProps) {
  const { t } = useText();
  const account = useAccount();
  const holders = useQuery({
    queryKey: ['account', account.id, 'holders', 'federation.manage'],
    queryFn: async () =>
      (await call(listHolders, { params: { accountId: account.id, authorisation: 'federation.manage' } }))
        .items,
    enabled: account.can('access.read'),
  });
  const known = new Map(holders.data?.map(({ userId, name }) => [userId, name]));
  const gone = users.filter((id) => !known.has(id));
  return (
    <MultiSelect
      data={[
        ...[...known].map(([value, label]) => ({ value, label })),
        ...gone.map((value) => ({ value, label: t('settings.user-unknown') })),
      ]}
      value={[...users]}
      onChange={onChange}
      maxValues={5}
      searchable
      nothingFoundMessage={t('nothing-found')}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
    />
  );
}
