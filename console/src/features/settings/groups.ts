/** Groups of the page in their order, and the first words of the keys that each holds. */
const groups = {
  conversations: ['conversations', 'satisfaction', 'inactivity', 'media', 'mail', 'statistics'],
  visitors: ['visitors', 'tickets', 'session-data', 'search'],
  masking: ['masking', 'redaction'],
  retention: ['retention', 'activity-log', 'audit'],
  privacy: ['privacy'],
  people: ['signin', 'embedding', 'users', 'operators', 'api'],
  operations: ['backup'],
} as const;

export type Group = keyof typeof groups | 'other';

export const groupsInOrder: readonly Group[] = [...(Object.keys(groups) as Group[]), 'other'];

export function groupOf(key: string): Group {
  const first = key.split('.')[0] ?? '';
  const entry = Object.entries(groups).find(([, words]) => (words as readonly string[]).includes(first));
  return (entry?.[0] ?? 'other') as Group;
}
