import { signOut } from '@samtal/contract/signin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call, Refusal, rememberCsrfToken } from '../../api/index.ts';
import { sessionQuery } from './session.ts';

/** Ends the session on the server, then forgets here everything it allowed to see. */
export function useSignOut() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      try {
        await call(signOut);
      } catch (error) {
        // It had ended already: what was asked for is so.
        if (!(error instanceof Refusal && error.code === 'signin.required')) throw error;
      }
    },
    onSuccess: async () => {
      const providerId = queryClient.getQueryData(sessionQuery.queryKey)?.providerId ?? null;
      // From there to the identity provider, where signing out there, too, is agreed; else to the page for signing in.
      if (providerId !== null) return window.location.assign(`/identity-providers/${providerId}/sign-out`);
      // First away, so that nobody is told that their session has ended: they ended it.
      await navigate({ to: '/sign-in' });
      rememberCsrfToken(null);
      queryClient.setQueryData(sessionQuery.queryKey, null);
      queryClient.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' });
    },
  });
}
