export { releaseAgent, vouchForAgents } from './presence.ts';
export { Router } from './router.ts';
export { Watch } from './watch.ts';
