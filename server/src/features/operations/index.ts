export { healthRoutes } from './health.ts';
export { metricsRoute } from './metrics.ts';
