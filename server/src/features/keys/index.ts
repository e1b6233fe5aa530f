export { keyJobs } from './jobs.ts';
export { rotateMarkedBuckets } from './rotate-marked-buckets.ts';
