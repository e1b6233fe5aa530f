import { Alert, Button, Paper, Skeleton, Stack, TagsInput } from '@mantine/core';
import { changeSettings, getSettings } from '@samtal/contract/settings';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ErrorState, Page, ReasonField } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { tagsQuery } from './tags-editor.tsx';

function tagListQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'settings', 'tags'],
    queryFn: async () => {
      const { version, settings } = await call(getSettings, { params: { accountId } });
      const value = settings.find(({ key }) => key === 'conversations.tags')?.value;
      // The server has judged it by the schema of the setting.
      return { version, tags: (value ?? []) as string[] };
    },
  });
}

/** The words by which conversations are sorted (E6). */
export function TagsPage() {
  const { t } = useText();
  const account = useAccount();
  const list = useQuery(tagListQuery(account.id));
  return (
    <Page title={t('admin.tags')} says={t('tags.says')}>
      {list.isLoading && <Skeleton height={160} maw="40rem" radius="md" aria-label={t('loading')} />}
      {list.error !== null && list.data === undefined && (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data !== undefined && (
        <Paper withBorder p="lg" maw="40rem">
          <TagsForm key={list.data.version} {...list.data} />
        </Paper>
      )}
    </Page>
  );
}

function TagsForm({ version, tags }: { version: number; tags: readonly string[] }) {
  const { t } = useText();
  const problemText = useProblemText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const [value, setValue] = useState<string[]>([...tags]);
  const [reason, setReason] = useState('');
  const save = useMutation({
    mutationFn: () =>
      call(changeSettings, {
        params: { accountId: account.id },
        body: { channelId: null, version, set: { 'conversations.tags': value }, unset: [], reason },
      }),
    onSuccess: () => announce(t('saved')),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: tagListQuery(account.id).queryKey });
      await queryClient.invalidateQueries({ queryKey: tagsQuery(account.id).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack align="flex-start">
        <TagsInput
          w="100%"
          label={t('admin.tags')}
          description={t('tags.hint')}
          placeholder={value.length === 0 ? t('tags.first') : ''}
          value={value}
          onChange={(next) =>
            setValue(next.map((tag) => tag.trim().slice(0, 40)).filter((tag) => tag !== ''))
          }
          maxTags={200}
          splitChars={[',']}
          acceptValueOnBlur
          clearable
        />
        <ReasonField value={reason} onChange={setReason} />
        {save.error !== null && (
          <Alert color="red" variant="light" role="alert" w="100%">
            {problemText(save.error)}
          </Alert>
        )}
        <Button type="submit" loading={save.isPending} disabled={value.join('\n') === tags.join('\n')}>
          {t('save')}
        </Button>
      </Stack>
    </form>
  );
}
