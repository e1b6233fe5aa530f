export { statisticsJobs } from './jobs.ts';
export { rebuildStatistics, type Rebuilt } from './rebuild.ts';
