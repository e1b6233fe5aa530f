export { fillReply } from './fill-reply.ts';
export { matchingReplies, typedShortcut } from './matching-replies.ts';
export { useCannedReplies } from './queries.ts';
