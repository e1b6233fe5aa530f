import { continueSignIn, signIn, startPasskeySignIn, type SignInStep } from '@samtal/contract/signin';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { showPasskey } from '../factors/index.ts';
import { sessionQuery } from './session.ts';

/** The password was right, but the browser did not keep the session’s cookie. */
export class CookieRefused extends Error {}

/** Makes sure that the browser keeps the session that has begun. Rejects with `CookieRefused`. */
export function useHasSession() {
  const queryClient = useQueryClient();
  return async () => {
    // NOTE: some browsers drop Secure cookies on plain-HTTP loopback. Only a second request can tell.
    const session = await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 });
    if (session === null) throw new CookieRefused();
  };
}

/** Signs in. Gives the step that has to be taken before there is a session; null when there is one. Rejects as the server says. */
export function useSignIn() {
  const hasSession = useHasSession();
  return useMutation({
    mutationFn: async (given: { email: string; password: string }): Promise<SignInStep | null> => {
      const answer = await call(signIn, { body: given });
      if ('step' in answer) return answer;
      await hasSession();
      return null;
    },
  });
}

/** The same by a passkey, in place of address and password. */
export function usePasskeySignIn() {
  const hasSession = useHasSession();
  return useMutation({
    mutationFn: async (): Promise<SignInStep | null> => {
      const { options } = await call(startPasskeySignIn);
      const answer = await call(continueSignIn, {
        body: { kind: 'passkey', answer: await showPasskey(options) },
      });
      if ('step' in answer) return answer;
      await hasSession();
      return null;
    },
  });
}
