import type { Conversation } from '@samtal/contract/conversations';
import { createFileLink, getFileRules, openFile } from '@samtal/contract/media';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call, openFile as open } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

/** What the user may do with files in a conversation, as long as nothing about it changes. */
export function useFileRules({ id, state, agentId }: Pick<Conversation, 'id' | 'state' | 'agentId'>) {
  const account = useAccount();
  return useQuery({
    queryKey: ['account', account.id, 'file-rules', id, state, agentId],
    queryFn: async () => await call(getFileRules, { params: { accountId: account.id, conversationId: id } }),
    staleTime: 60_000,
  }).data;
}

/** The content of a file, kept for as long as it is shown: never in a cache of the browser's. */
export function fileQuery(accountId: string, mediaId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'file', mediaId],
    queryFn: async () => await open(openFile, { accountId, mediaId }),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}

/** A link that opens the file without a session. */
export async function linkTo(accountId: string, mediaId: string): Promise<string> {
  return (await call(createFileLink, { params: { accountId, mediaId } })).url;
}
