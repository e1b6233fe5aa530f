import { Group, MultiSelect } from '@mantine/core';
import { changeTags, listTags, type Conversation } from '@samtal/contract/conversations';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { call } from '../../api/index.ts';
import { useShortcut } from '../../shortcuts/index.ts';
import { useText } from '../../text/index.ts';
import { ToneBadge, useReport } from '../../ui/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSession } from '../signin/index.ts';
import { conversationQuery, conversationsKey } from './queries.ts';

export function tagsQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'tags'],
    queryFn: async () => (await call(listTags, { params: { accountId } })).items,
    staleTime: 60_000,
  });
}

/** The tags that the account has. */
export function useTags() {
  return useQuery(tagsQuery(useAccount().id));
}

/** The tags of a conversation, to be chosen by whoever may. */
export function TagsEditor({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const account = useAccount();
  const session = useSession();
  const tags = useTags();
  const isOwn = conversation.agentId === session?.user.id && conversation.state !== 'waiting';
  const mayTag = (isOwn || account.can('conversations.direct')) && (tags.data ?? []).length > 0;
  if (mayTag) return <TagsField conversation={conversation} known={tags.data ?? []} />;
  if (conversation.tags.length === 0) return t('details.no-tags');
  return (
    <Group gap={4}>
      {conversation.tags.map((tag) => (
        <ToneBadge key={tag} tone="neutral">
          {tag}
        </ToneBadge>
      ))}
    </Group>
  );
}

function TagsField({ conversation, known }: { conversation: Conversation; known: readonly string[] }) {
  const { t } = useText();
  const account = useAccount();
  const queryClient = useQueryClient();
  const report = useReport();
  const field = useRef<HTMLInputElement>(null);
  /** What was chosen and is not confirmed yet. */
  const [chosen, setChosen] = useState<string[] | null>(null);
  useShortcut('tag', () => field.current?.focus());

  const change = async (next: string[]) => {
    setChosen(next);
    try {
      const changed = await call(changeTags, {
        params: { accountId: account.id, conversationId: conversation.id },
        body: {
          add: next.filter((tag) => !conversation.tags.includes(tag)),
          remove: conversation.tags.filter((tag) => !next.includes(tag)),
        },
      });
      queryClient.setQueryData(conversationQuery(account.id, conversation.id).queryKey, changed);
      await queryClient.invalidateQueries({ queryKey: conversationsKey(account.id) });
    } finally {
      setChosen(null);
    }
  };
  const value = chosen ?? conversation.tags;
  return (
    <MultiSelect
      ref={field}
      aria-label={t('details.tags')}
      placeholder={value.length === 0 ? t('details.add-tag') : ''}
      data={[...new Set([...known, ...conversation.tags])]}
      value={value}
      onChange={(next) => void report(change(next))}
      maxValues={20}
      searchable
      selectFirstOptionOnChange
      hidePickedOptions
      nothingFoundMessage={t('details.no-such-tag')}
      comboboxProps={{ withinPortal: true }}
      size="sm"
    />
  );
}
