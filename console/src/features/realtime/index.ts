export { ConnectionChip } from './connection-chip.tsx';
export {
  LiveProvider,
  useConnectionState,
  useLive,
  useReceipts,
  useThread,
  useVisitorTyping,
} from './live-provider.tsx';
export { newId } from './new-id.ts';
