import { signIn } from '@samtal/contract/signin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { sessionQuery } from './session.ts';

/** The password was right, but the browser did not keep the session’s cookie. */
export class CookieRefused extends Error {}

/** Signs in, and makes sure that the browser keeps the session. Rejects with `Refusal` or `CookieRefused`. */
export function useSignIn() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (given: { email: string; password: string }) => {
      await call(signIn, { body: given });
      // NOTE: some browsers drop Secure cookies on plain-HTTP loopback. Only a second request can tell.
      const session = await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
      if (session === null) throw new CookieRefused();
    },
  });
}
