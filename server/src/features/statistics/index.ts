export { statisticsJobs } from './jobs.ts';
export { rebuildStatistics } from './rebuild.ts';
