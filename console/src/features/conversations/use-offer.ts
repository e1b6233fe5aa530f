import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useReport } from '../../ui/index.ts';
import { useActions } from './use-actions.ts';

/** Answers an offer, and opens the conversation when it was accepted. */
export function useOffer(conversationId: string) {
  const actions = useActions();
  const report = useReport();
  const navigate = useNavigate();
  const [doing, setDoing] = useState<'accept' | 'decline' | 'take' | null>(null);

  const run = async (what: NonNullable<typeof doing>, work: () => Promise<unknown>) => {
    setDoing(what);
    const done = await report(work());
    setDoing(null);
    return done;
  };
  const open = () => navigate({ to: '/conversations/$conversationId', params: { conversationId } });

  return {
    accepting: doing === 'accept',
    declining: doing === 'decline',
    taking: doing === 'take',
    async accept() {
      if (await run('accept', () => actions.accept(conversationId))) await open();
    },
    async take() {
      if (await run('take', () => actions.take(conversationId))) await open();
    },
    decline: () => run('decline', () => actions.decline(conversationId)),
  };
}
