export { createCannedReply, type NewCannedReply } from './create-canned-reply.ts';
