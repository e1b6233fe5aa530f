import {
  exportFigures,
  listStatisticsFiles,
  openStatisticsFile,
  readFigures,
  readLive,
  type Figures,
  type LiveFigures,
} from '@samtal/contract/statistics';
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { call, save } from '../../api/index.ts';
import { filesFilter, type FilesView } from './files-view.ts';
import { statisticsLiveKey } from './live-key.ts';
import type { Dimension, Subject } from './metrics.ts';
import type { Grain, Span } from './period.ts';

/** Of which figures: of when, by what, and of which part of the account. */
export interface Wanted {
  readonly subject: Subject;
  readonly span: Span;
  readonly grain: Grain | 'total';
  /** Left out: told apart by nothing. */
  readonly by?: Dimension | undefined;
  readonly queue?: string | undefined;
  readonly site?: string | undefined;
  readonly agent?: string | undefined;
}

/** Figures of what is under way are asked for again this often, while somebody looks at them. */
const renewMs = 60_000;
/** Where nothing has been counted yet, the first figures come within a minute or two. */
const firstMs = 10_000;

export function figuresQuery(accountId: string, wanted: Wanted, isUnderWay: boolean) {
  return queryOptions({
    queryKey: ['account', accountId, 'statistics', 'figures', wanted],
    queryFn: async (): Promise<Figures> => await call(readFigures, requestOf(accountId, wanted)),
    staleTime: isUnderWay ? renewMs / 2 : Infinity,
    refetchInterval: ({ state }) =>
      state.data?.countedUntil === null ? firstMs : isUnderWay ? renewMs : false,
    placeholderData: keepPreviousData,
  });
}

/** Saves exactly these figures as CSV. */
export async function saveFigures(accountId: string, wanted: Wanted, fileName: string): Promise<void> {
  await save(exportFigures, fileName, requestOf(accountId, wanted));
}

/**
 * Renewed when the server says that something has changed; the rest is for an announcement that was lost, and for who has no
 * socket because there is nobody they may talk with.
 */
export function liveQuery(accountId: string, { isTold = true }: { isTold?: boolean } = {}) {
  return queryOptions({
    queryKey: statisticsLiveKey(accountId),
    queryFn: async (): Promise<LiveFigures> => await call(readLive, { params: { accountId } }),
    refetchInterval: isTold ? 60_000 : 10_000,
    refetchIntervalInBackground: true,
    staleTime: 5_000,
  });
}

/** Published files, the newest period first. New ones come by the hour. */
export function filesQuery(accountId: string, view: FilesView) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'statistics', 'files', view],
    queryFn: async ({ pageParam }) =>
      await call(listStatisticsFiles, {
        params: { accountId },
        query: { ...filesFilter(view), limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: renewMs,
  });
}

/** Saves the bytes of a published file as they are. */
export async function saveStatisticsFile(accountId: string, fileId: string, fileName: string): Promise<void> {
  await save(openStatisticsFile, fileName, { params: { accountId, fileId } });
}

function requestOf(accountId: string, { subject, span, grain, by, queue, site, agent }: Wanted) {
  return {
    params: { accountId, subject },
    query: {
      from: new Date(span.from).toISOString(),
      to: new Date(span.to).toISOString(),
      grain,
      by: by ?? ('all' as const),
      ...(queue === undefined ? {} : { queueId: queue }),
      ...(site === undefined ? {} : { siteId: site }),
      ...(agent === undefined ? {} : { agentId: agent }),
    },
  };
}
