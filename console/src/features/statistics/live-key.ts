/** What is renewed when the server says that something has changed. On its own, for the shell needs nothing else of these pages. */
export function statisticsLiveKey(accountId: string) {
  return ['account', accountId, 'statistics', 'live'] as const;
}
