import type { Entry } from '@samtal/contract/conversations';

/** How many messages and files of the visitor stand after what the agent’s side has read. */
export function unreadCount(entries: readonly Entry[], agentRead: number): number {
  return entries.filter(
    (entry) =>
      (entry.kind === 'message' || entry.kind === 'file') &&
      entry.actor.kind === 'visitor' &&
      entry.seq > agentRead,
  ).length;
}
