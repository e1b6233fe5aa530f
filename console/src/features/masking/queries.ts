import {
  getMasking,
  previewMasking,
  publishMasking,
  type MaskingPreview,
  type MaskingState,
} from '@samtal/contract/masking';
import type { BodyOf } from '@samtal/contract/endpoint';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/index.ts';

export function maskingQuery(accountId: string, channelId: string | null) {
  return queryOptions({
    queryKey: ['account', accountId, 'masking', channelId],
    queryFn: () =>
      call(getMasking, { params: { accountId }, query: channelId === null ? {} : { channelId } }),
    // A draft is made from what was there when it was begun: somebody else's change is told when it is published.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
}

export async function publish(accountId: string, body: BodyOf<typeof publishMasking>): Promise<MaskingState> {
  return await call(publishMasking, { params: { accountId }, body });
}

export async function preview(
  accountId: string,
  body: BodyOf<typeof previewMasking>,
): Promise<MaskingPreview> {
  return await call(previewMasking, { params: { accountId }, body });
}
