export { attendance } from './attended.ts';
export { createQueue } from './create-queue.ts';
export { releaseAgent, tellOfLeaving, vouchForAgents } from './presence.ts';
export { restoreQueue } from './restore-queue.ts';
export { Router } from './router.ts';
export { Watch } from './watch.ts';
