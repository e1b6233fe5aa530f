export type { ConversationCounts, Fact } from './facts.ts';
export { recordFact } from './record.ts';
