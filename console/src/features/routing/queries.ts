import { listPresence, listQueues, setPresence, type AgentPresence } from '@samtal/contract/routing';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/index.ts';
import { useAccount } from '../accounts/index.ts';
import { useSession } from '../signin/index.ts';

export function queuesQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'queues'],
    queryFn: async () => (await call(listQueues, { params: { accountId } })).items,
  });
}

export function presenceQuery(accountId: string) {
  return queryOptions({
    queryKey: ['account', accountId, 'presence'],
    queryFn: async () => (await call(listPresence, { params: { accountId } })).items,
    refetchInterval: 30_000,
  });
}

/** The queues within the user’s scope; empty for those who may not see queues. */
export function useQueues() {
  const account = useAccount();
  return useQuery({ ...queuesQuery(account.id), enabled: account.can('routing.read') });
}

/** The agents of the account and whether they are there. */
export function useColleagues() {
  const account = useAccount();
  return useQuery({ ...presenceQuery(account.id), enabled: account.can('presence.read') });
}

/** The user’s own presence, and a way to change it. `state` is null until it is known. */
export function useOwnPresence() {
  const account = useAccount();
  const session = useSession();
  const queryClient = useQueryClient();
  const { queryKey } = presenceQuery(account.id);
  const own = useColleagues().data?.find((agent) => agent.userId === session?.user.id) ?? null;

  const change = useMutation({
    mutationFn: (state: 'available' | 'away') =>
      call(setPresence, { params: { accountId: account.id }, body: { state } }),
    onSuccess: (changed: AgentPresence) => {
      queryClient.setQueryData(queryKey, (before) => [
        ...(before ?? []).filter((agent) => agent.userId !== changed.userId),
        changed,
      ]);
      void queryClient.invalidateQueries({ queryKey });
    },
  });
  return { own, state: own?.state ?? null, change };
}
