export { restoreCannedReply } from './restore-canned-reply.ts';
export { createCannedReply, type NewCannedReply } from './create-canned-reply.ts';
