export { statisticsJobs } from './jobs.ts';
export { forgetOldestDay, readStatisticsDue } from './keeping/forget-oldest-day.ts';
export { AccountTurns } from './reading/account-turns.ts';
export { dimensionsOf } from './reading/present-rows.ts';
export { readFigures } from './reading/read-figures.ts';
export { writeCsv } from './reading/write-csv.ts';
export { readStatisticsLag, type StatisticsLag } from './lag.ts';
export { rebuildStatistics } from './rebuild.ts';
