export { rateLimitJobs } from './jobs.ts';
export { RateLimiter } from './limiter.ts';
export { userPace } from './user-pace.ts';
