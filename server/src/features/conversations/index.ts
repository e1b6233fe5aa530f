export { agentFile, ownConversation } from './agent-file.ts';
export { AgentsMasking } from './agents-masking.ts';
export { Desk } from './desk.ts';
export type { Draft, DraftOf, Outcome } from './draft.ts';
export { eraseConversations } from './erase-conversations.ts';
export { ConversationLog, type FoundEntry } from './log.ts';
export { normalCaseId } from './case-id.ts';
export {
  countConversations,
  findConversations,
  readCursor,
  writeCursor,
  type Criteria,
} from './find-conversations.ts';
export { isHeld, withoutOriginal } from './originals.ts';
export { isDue } from './redact-conversations.ts';
export {
  findConversation,
  howShown,
  isOwn,
  isThere,
  mayRead,
  visibleConversation,
  type Shown,
} from './policy.ts';
export { postAsAgent } from './post-as-agent.ts';
export { PostQueue } from './post-queue.ts';
export { presentConversations, presentToVisitor } from './presenter.ts';
export { recentTexts } from './recent-texts.ts';
export { releaseConversations } from './release-conversations.ts';
export { keepFromErasure, markVerified, readRatings, readTags, type ConversationRow } from './queries.ts';
export { rateConversation } from './rate-conversation.ts';
export { recordTranscriptRead } from './routes.ts';
export { isWithin } from './scope.ts';
export { UnreadableConversations } from './unreadable-conversations.ts';
export {
  latestConversation,
  mayBeTriedAgain,
  startConversation,
  visitorFile,
  visitorMessage,
} from './start-conversation.ts';
