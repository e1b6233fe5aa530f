import type { BodyOf } from '@samtal/contract/endpoint';
import { searchTranscripts, type TranscriptFinding } from '@samtal/contract/search';
import { useEffect, useState } from 'react';
import { call, Refusal } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

export type TextFilter = Omit<BodyOf<typeof searchTranscripts>, 'cursor'>;

export interface TranscriptSearch {
  readonly items: readonly TranscriptFinding[];
  readonly searched: number;
  /** Null before the first answer. */
  readonly total: number | null;
  readonly unreadable: number;
  readonly state: 'searching' | 'paused' | 'done' | 'failed';
  readonly error: unknown;
}

const nothing: TranscriptSearch = {
  items: [],
  searched: 0,
  total: null,
  unreadable: 0,
  state: 'searching',
  error: null,
};
/** After so many findings it waits until somebody wants more. */
const pageOfFindings = 20;

/**
 * Searches transcripts, request after request, for as long as it is drawn with the same filter. Nothing of it is kept when
 * it is left: words and findings are in this component's memory alone.
 */
export function useTranscriptSearch(filter: TextFilter): TranscriptSearch & { goOn(): void } {
  const account = useAccount();
  const [search, setSearch] = useState(nothing);
  const [wanted, setWanted] = useState(pageOfFindings);
  const [cursor, setCursor] = useState<string | null>(null);
  const isPaused = search.items.length >= wanted && cursor !== null;

  useEffect(() => {
    if (search.state === 'done' || search.state === 'failed' || isPaused) return;
    let isLeft = false;
    const next = async () => {
      try {
        const page = await call(searchTranscripts, {
          params: { accountId: account.id },
          body: { ...filter, ...(cursor === null ? {} : { cursor }) },
        });
        if (isLeft) return;
        setSearch((before) => ({
          items: [...before.items, ...page.items],
          searched: page.searched,
          total: page.total,
          unreadable: before.unreadable + page.unreadable,
          state: page.next === null ? 'done' : 'searching',
          error: null,
        }));
        setCursor(page.next);
      } catch (error) {
        if (isLeft) return;
        // Others are searching: it is our turn in a moment.
        if (error instanceof Refusal && error.code === 'request.rate-limited')
          setTimeout(() => {
            if (!isLeft) void next();
          }, 1_000);
        else setSearch((before) => ({ ...before, state: 'failed', error }));
      }
    };
    void next();
    return () => {
      isLeft = true;
    };
  }, [account.id, filter, cursor, isPaused, search.state]);

  return {
    ...search,
    state: isPaused ? 'paused' : search.state,
    goOn() {
      if (search.state === 'failed') setSearch({ ...search, state: 'searching', error: null });
      setWanted(search.items.length + pageOfFindings);
    },
  };
}
