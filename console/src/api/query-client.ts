import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Refusal } from './refusal.ts';

/** The cache of what the server said. `onSignedOut` is called whenever an answer says that the session is over. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const watch = (error: Error) => {
    if (error instanceof Refusal && error.code === 'signin.required') onSignedOut();
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
