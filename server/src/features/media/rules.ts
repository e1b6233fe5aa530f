import { bytesPerMegabyte, type FileRules } from '@samtal/contract/media';
import type { ReadTx } from '../../platform/database/index.ts';
import { readSettings } from '../settings/index.ts';

/** Where a file is sent, and from which side. */
export interface FilePlace {
  readonly channelId: string | null;
  readonly side: Side;
}

export type Side = 'visitor' | 'agent';

/** What this side may send on a channel (E12), or null when it may send nothing. */
export async function readFileRules(
  tx: ReadTx,
  account: string,
  { channelId, side }: FilePlace,
): Promise<FileRules | null> {
  const settings = await readSettings(tx, account, channelId);
  const types = settings[`media.${side}-types`];
  if (!settings[`media.${side}s-may-send`] || types.length === 0) return null;
  return { types: [...types], maxSizeBytes: settings['media.max-size-megabytes'] * bytesPerMegabyte };
}
