export { idempotencyGate } from './once.ts';
export { idempotencyJobs } from './jobs.ts';
