export { presenceQuery, useColleagues, useOwnPresence, useQueues } from './queries.ts';
