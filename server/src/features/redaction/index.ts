export { redactionJobs } from './jobs.ts';
export { lateMinutes, readDueRedaction } from './measure-lag.ts';
