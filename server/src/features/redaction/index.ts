export { redactionJobs } from './jobs.ts';
