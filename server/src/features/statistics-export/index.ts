export { restoreExportAccount, restoreExportKey } from './configuration.ts';
export { statisticsExportJobs } from './jobs.ts';
