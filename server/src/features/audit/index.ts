export { auditJobs } from './jobs.ts';
