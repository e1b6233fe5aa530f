import type { ScheduledJob } from '../../platform/jobs/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { Backups } from './backups.ts';

/** A set a day, after the hour that is set; and the keyring every hour in which it changed. */
export function backupJobs({ backups, log }: { backups: Backups; log: Log }): ScheduledJob[] {
  return [
    {
      name: 'backup.make',
      cron: '11 * * * *',
      run: async () => {
        const made = await backups.makeDue();
        if (made === null) return;
        const sizeBytes = made.manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
        log.info('backup-made', { sizeBytes, count: Object.keys(made.manifest.rows).length });
        const { lacking } = made.manifest.media;
        if (lacking > 0) log.warn('backup-files-lacking', { count: lacking });
        if (made.identityFile !== null) log.warn('backup-identity-on-server', { reason: 'move-it-away' });
      },
    },
    {
      name: 'backup.keyring',
      cron: '51 * * * *',
      run: async () => {
        const made = await backups.backUpKeyring();
        if (made !== null) log.info('keyring-backup-made', {});
      },
    },
  ];
}
