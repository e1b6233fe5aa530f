export { Attention } from './attention.tsx';
export { useFocusList } from './conversation-lists.tsx';
export { canNotify, isNotifying, isSounding, switchNotifications, switchSound } from './notify.ts';
export { conversationsKey } from './queries.ts';
