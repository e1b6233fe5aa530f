export { useSites } from './queries.ts';
