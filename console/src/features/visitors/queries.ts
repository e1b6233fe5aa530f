import { changeSettings, getSettings, type SettingOverrides } from '@samtal/contract/settings';
import {
  findByAttributes,
  getProfile,
  listAttributes,
  type DeclaredAttribute,
} from '@samtal/contract/visitors';
import type { BodyOf } from '@samtal/contract/endpoint';
import { infiniteQueryOptions, queryOptions, useQuery } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';

export function attributesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'attributes'],
    queryFn: async () => (await call(listAttributes, { params: { accountId } })).items,
    staleTime: 60_000,
  });
}

/** The attributes that the account has declared. */
export function useAttributes() {
  return useQuery(attributesQuery(useAccount().id));
}

/** Every reading is on the audit trail, so that it is read anew only when it has changed. */
export function profileQuery(accountId: string, conversationId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'profiles', conversationId],
    queryFn: async () => await call(getProfile, { params: { accountId, conversationId } }),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}

export type AttributeFilter = Omit<BodyOf<typeof findByAttributes>, 'cursor' | 'limit'>;

export function findByAttributesQuery(accountId: string, filter: AttributeFilter) {
  return infiniteQueryOptions({
    queryKey: ['account', accountId, 'conversations', 'find-by-attributes', filter],
    queryFn: ({ pageParam }) =>
      call(findByAttributes, {
        params: { accountId },
        body: { ...filter, limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    // What is known about somebody stays in memory no longer than it is looked at.
    gcTime: 0,
  });
}

/** The list of attributes as the account's settings hold it, with the version it was read at. */
export function declarationQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'settings', 'declaration'],
    queryFn: async () => {
      const { version, settings } = await call(getSettings, { params: { accountId } });
      const value = settings.find(({ key }) => key === 'visitors.attributes')?.value;
      // The server has judged it by the schema of the setting.
      return { version, attributes: (value ?? []) as DeclaredAttribute[] };
    },
  });
}

/** Rejects with settings.changed-meanwhile when somebody else was faster. */
export async function saveDeclaration(
  accountId: string,
  { version, attributes, reason }: { version: number; attributes: DeclaredAttribute[]; reason: string },
): Promise<void> {
  const set: SettingOverrides = { 'visitors.attributes': attributes };
  await call(changeSettings, {
    params: { accountId },
    body: { channelId: null, version, set, unset: [], reason },
  });
}
