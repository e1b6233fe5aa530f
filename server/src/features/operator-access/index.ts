export { endAccess } from './end-access.ts';
export { makeEntry } from './enter-account.ts';
export { operatorAccessJobs } from './jobs.ts';
export { readAccesses } from './queries.ts';
export { requestAccess } from './request-access.ts';
