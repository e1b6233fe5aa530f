export { statisticsJobs } from './jobs.ts';
