import { Alert, Button, Paper, Skeleton, Stack, TextInput } from '@mantine/core';
import { changeAccount, getAccount } from '@samtal/contract/accounts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ErrorState, Page } from '../../ui/index.ts';
import { useAccount } from './account-context.tsx';

export function AccountPage() {
  const { t, formats } = useText();
  const current = useAccount();
  const account = useQuery({
    queryKey: ['account', current.id, 'account'],
    queryFn: () => call(getAccount, { params: { accountId: current.id } }),
  });
  return (
    <Page title={t('admin.account')} says={t('account.says')}>
      {account.isLoading && <Skeleton height={160} maw="32rem" radius="md" />}
      {account.error !== null && account.data === undefined && (
        <ErrorState error={account.error} onRetry={() => void account.refetch()} />
      )}
      {account.data !== undefined && (
        <Paper withBorder p="lg" maw="32rem">
          <RenameForm
            name={account.data.name}
            version={account.data.version}
            created={formats.dateTime(account.data.createdAt)}
          />
        </Paper>
      )}
    </Page>
  );
}

function RenameForm({ name, version, created }: { name: string; version: number; created: string }) {
  const { t } = useText();
  const problemText = useProblemText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [value, setValue] = useState(name);
  const rename = useMutation({
    mutationFn: () =>
      call(changeAccount, { params: { accountId: account.id }, body: { name: value.trim(), version } }),
    onSuccess: async () => {
      announce(t('saved'));
      await queryClient.invalidateQueries({ queryKey: ['account', account.id, 'account'] });
      await queryClient.invalidateQueries({ queryKey: ['session'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    rename.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack align="flex-start">
        <TextInput
          w="100%"
          label={t('account.name')}
          description={t('account.created', { at: created })}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          required
          withAsterisk={false}
          maxLength={120}
        />
        {rename.error !== null && (
          <Alert color="red" variant="light" role="alert" w="100%">
            {problemText(rename.error)}
          </Alert>
        )}
        <Button
          type="submit"
          loading={rename.isPending}
          disabled={value.trim() === '' || value.trim() === name}
        >
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}
