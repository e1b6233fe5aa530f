export { presenceQuery, queuesQuery, useColleagues, useOwnPresence, useQueues } from './queries.ts';
