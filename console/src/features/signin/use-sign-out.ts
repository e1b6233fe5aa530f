import { signOut } from '@samtal/contract/signin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call, Refusal, rememberCsrfToken } from '../../api/index.ts';
import { sessionQuery } from './session.ts';

/** Ends the session on the server, then forgets here everything it allowed to see. */
export function useSignOut() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      try {
        await call(signOut);
      } catch (error) {
        // It had ended already: what was asked for is so.
        if (!(error instanceof Refusal && error.code === 'signin.required')) throw error;
      }
    },
    onSuccess: () => {
      rememberCsrfToken(null);
      queryClient.setQueryData(sessionQuery.queryKey, null);
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
  });
}
