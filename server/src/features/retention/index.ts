export { readAccountReport } from './account-report.ts';
export { dataClasses, type Period } from './data-classes.ts';
export { countAccountRows, deleteAccount } from './delete-account.ts';
export { forEachAccount } from './each-account.ts';
export { isRecordSigned } from './erasure-record.ts';
export { retentionJobs } from './jobs.ts';
export { readDue } from './read-due.ts';
