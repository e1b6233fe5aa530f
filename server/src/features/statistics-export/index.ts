export { restoreExportAccount, restoreExportKey } from './configuration.ts';
export { readHostKey, renewHostKey } from './host-key.ts';
export { statisticsExportJobs } from './jobs.ts';
export { readLeftKeys } from './left-keys.ts';
export { SftpSupervisor, type SftpPlace } from './sftp/supervisor.ts';
