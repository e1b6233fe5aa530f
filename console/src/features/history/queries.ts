import {
  compareVersions,
  listVersions,
  type ConfigurationKind,
  type Version,
} from '@samtal/contract/history';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export interface Wanted {
  readonly kind?: ConfigurationKind;
  readonly objectId?: string;
}

/** Versions of the account, newest first. */
export function versionsQuery(accountId: string, wanted: Wanted) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'history', wanted],
    queryFn: ({ pageParam }) =>
      call(listVersions, {
        params: { accountId },
        query: { ...wanted, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}

type At = Pick<Version, 'kind' | 'objectId' | 'version'>;

export function differencesQuery(accountId: string, { kind, objectId, version }: At, since: number) {
  return queryOptions({
    queryKey: ['account', accountId, 'history', kind, objectId, version, 'since', since],
    queryFn: () =>
      call(compareVersions, { params: { accountId, kind, objectId, version }, query: { since } }),
  });
}
