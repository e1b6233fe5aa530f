export { statisticsJobs } from './jobs.ts';
export { forgetOldestDay, readStatisticsDue } from './keeping/forget-oldest-day.ts';
export { rebuildStatistics } from './rebuild.ts';
