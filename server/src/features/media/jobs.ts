import type { Database } from '../../platform/database/index.ts';
import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { MediaStore } from './media-store.ts';
import { sweepMedia } from './sweep-media.ts';

/** Content younger than this may belong to a row that is about to be committed. */
const restMs = 60 * 60_000;

/** Removes content that no row leads to: of uploads that were cut off, of what was erased, and of accounts that ended. */
export function mediaJobs(parts: { database: Database; store: MediaStore }): ScheduledJob[] {
  return [
    {
      name: 'media.sweep',
      cron: '*/15 * * * *',
      run: async () => await sweepMedia(parts, new Date(Date.now() - restMs)),
    },
  ];
}
