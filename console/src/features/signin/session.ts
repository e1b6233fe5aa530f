import { getSession, type Session } from '@samtal/contract/signin';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { call, Refusal, rememberCsrfToken } from '../../api/index.ts';

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async (): Promise<Session | null> => {
    try {
      const session = await call(getSession);
      rememberCsrfToken(session.csrfToken);
      return session;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'signin.required') return null;
      throw error;
    }
  },
});

export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null;
}
