import { streamName, type Conversation, type Entry } from '@samtal/contract/conversations';
import type { PendingPost, Receipts } from '@samtal/contract/realtime';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useAccount } from '../accounts/index.ts';
import { useReceipts, useThread } from '../realtime/index.ts';
import { useSession } from '../signin/index.ts';
import { entriesQuery } from './queries.ts';
import { transcriptOf, type TranscriptItem } from './transcript.ts';

export interface Transcript {
  readonly items: readonly TranscriptItem[];
  readonly loading: boolean;
  readonly error: Error | null;
  retry(): void;
}

const none: readonly PendingPost[] = [];

/** What is written in a conversation: live where its streams are followed, else as the log says over HTTP. */
export function useTranscript(conversation: Conversation): Transcript {
  const account = useAccount();
  const session = useSession();
  const publicThread = useThread(streamName(conversation.id, 'public'));
  const internalThread = useThread(streamName(conversation.id, 'internal'));
  const receipts = useKnownReceipts(conversation);
  const live = publicThread !== null;

  const polled = {
    enabled: !live,
    // Nothing happens in a resolved conversation any more, but for numbers that are hidden when their time has come.
    refetchInterval: ({ state: { data } }: { state: { data: readonly Entry[] | undefined } }) =>
      conversation.state === 'resolved' && data?.some(waits) !== true ? (false as const) : 10_000,
  };
  const publicPage = useQuery({ ...entriesQuery(account.id, conversation.id, 'public'), ...polled });
  const internalPage = useQuery({ ...entriesQuery(account.id, conversation.id, 'internal'), ...polled });

  const publicEntries = publicThread?.entries ?? publicPage.data;
  const internalEntries = internalThread?.entries ?? internalPage.data;
  const items = useMemo(
    () =>
      transcriptOf({
        publicEntries: publicEntries ?? [],
        internalEntries: internalEntries ?? [],
        pending: [...(publicThread?.pending ?? none), ...(internalThread?.pending ?? none)],
        receipts,
        own: { id: session?.user.id ?? '', name: session?.user.name ?? '' },
      }),
    [publicEntries, internalEntries, publicThread?.pending, internalThread?.pending, receipts, session],
  );
  return {
    items,
    // Every conversation has an entry, the one that says that it started.
    loading: live ? publicThread.entries.length === 0 && conversation.public.head > 0 : publicPage.isLoading,
    error: live ? null : publicPage.error,
    retry: () => {
      void publicPage.refetch();
      void internalPage.refetch();
    },
  };
}

function waits({ kind, body }: Entry): boolean {
  return (kind === 'message' || kind === 'note') && body.redaction !== undefined;
}

/** The later of what the list said and what came over the socket since. */
export function useKnownReceipts(conversation: Conversation): Receipts {
  const live = useReceipts(streamName(conversation.id, 'public'));
  const { visitorDelivered, visitorRead, agentRead } = conversation;
  return useMemo(
    () => ({
      visitorDelivered: Math.max(visitorDelivered, live?.visitorDelivered ?? 0),
      visitorRead: Math.max(visitorRead, live?.visitorRead ?? 0),
      agentRead: Math.max(agentRead, live?.agentRead ?? 0),
    }),
    [visitorDelivered, visitorRead, agentRead, live],
  );
}
