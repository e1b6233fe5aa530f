export { ConversationRetention } from './conversation-retention.tsx';
