import { conversationOf } from '@samtal/contract/conversations';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useText } from '../../text/index.ts';
import { showTitleBadge } from '../../ui/index.ts';
import { useLive } from '../realtime/index.ts';
import { isNotifying, isSounding, notify, playSound } from './notify.ts';
import { useMine } from './queries.ts';
import { useFollowing } from './use-following.ts';
import { useUnreadTotal } from './use-unread.ts';

/**
 * Follows the agent’s conversations from every page, and asks for attention: the number in the title, and for those
 * who want it a desktop notification and a soft sound. Draws nothing.
 */
export function Attention() {
  const { conversationId = null } = useParams({ strict: false });
  const mine = useMine().data;
  useFollowing(mine, conversationId);
  // What an offered conversation says is not the agent’s to read yet: the offer itself counts.
  const unread = useUnreadTotal(mine?.filter((conversation) => conversation.state === 'active') ?? []);
  const offers = mine?.filter((conversation) => conversation.state === 'offered').length ?? 0;

  useEffect(() => showTitleBadge(unread + offers), [unread, offers]);
  useOfferAlerts();
  useMessageAlerts(conversationId);
  return null;
}

function useAlert() {
  const { t } = useText();
  const navigate = useNavigate();
  return (kind: 'offer' | 'message', conversationId: string, caseId: string) => {
    if (isSounding()) playSound();
    if (!isNotifying()) return;
    // NOTE: a notification is seen by whoever stands at the desk, so it never says what was written.
    notify(t(`notification.${kind}`), caseId, () => {
      void navigate({ to: '/conversations/$conversationId', params: { conversationId } });
    });
  };
}

function useOfferAlerts(): void {
  const alert = useAlert();
  const mine = useMine().data;
  const known = useRef<Set<string> | null>(null);

  useEffect(() => {
    if (mine === undefined) return;
    const before = known.current;
    const offered = mine.filter((conversation) => conversation.state === 'offered');
    known.current = new Set(offered.map((conversation) => conversation.id));
    if (before === null) return;
    for (const conversation of offered) {
      if (!before.has(conversation.id)) alert('offer', conversation.id, conversation.caseId);
    }
    // Only a new list is a reason to look; the alert itself changes with the language.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [mine]);
}

function useMessageAlerts(openId: string | null): void {
  const live = useLive();
  const alert = useAlert();
  const mine = useMine().data;

  useEffect(
    () =>
      live.onArrival((stream, entries) => {
        const id = conversationOf(stream);
        const conversation = mine?.find((each) => each.id === id);
        const isRead = id === openId && document.visibilityState === 'visible' && document.hasFocus();
        const fromVisitor = entries.some(
          (entry) => (entry.kind === 'message' || entry.kind === 'file') && entry.actor.kind === 'visitor',
        );
        if (conversation === undefined || isRead || !fromVisitor) return;
        alert('message', id, conversation.caseId);
      }),
    [live, alert, mine, openId],
  );
}
