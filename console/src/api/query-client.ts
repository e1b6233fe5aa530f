import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Refusal } from './refusal.ts';

/** Whom the cache tells what answers say of the session. */
export interface SessionListener {
  /** It is over. */
  onSignedOut(): void;
  /** It may no longer do what the page offered. */
  onForbidden(): void;
}

/** The cache of what the server said. */
export function createQueryClient({ onSignedOut, onForbidden }: SessionListener): QueryClient {
  const watch = (error: Error) => {
    if (!(error instanceof Refusal)) return;
    if (error.code === 'signin.required') onSignedOut();
    if (error.code === 'access.forbidden') onForbidden();
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({
      onError: (error) => {
        watch(error);
        void lookAgainAfter(error, client);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < 2 && error instanceof Refusal && error.passing,
      },
    },
  });
  return client;
}

/** Somebody else’s change stood in the way: what is shown of the account is out of date. */
export async function lookAgainAfter(error: unknown, queryClient: QueryClient): Promise<void> {
  if (error instanceof Refusal && error.code === 'history.changed-meanwhile')
    await queryClient.invalidateQueries({ queryKey: ['account'] });
}
