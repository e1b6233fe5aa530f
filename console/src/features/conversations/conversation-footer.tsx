import { Button } from '@mantine/core';
import type { Conversation } from '@samtal/contract/conversations';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../../text/index.ts';
import { useAccount } from '../accounts/index.ts';
import { Composer } from './composer.tsx';
import { OfferCountdown } from './offer-countdown.tsx';
import { useMine } from './queries.ts';
import { useOffer } from './use-offer.ts';
import classes from './conversation.module.css';

/** What can be done next, below the transcript: write, answer an offer, take, or go on. */
export function ConversationFooter({ conversation, isOwn }: { conversation: Conversation; isOwn: boolean }) {
  const { t, formats } = useText();
  const { state, agentName } = conversation;
  if (state === 'active' && isOwn) return <Composer conversation={conversation} />;
  if (state === 'offered' && isOwn) return <OfferFooter conversation={conversation} />;
  if (state === 'waiting') return <WaitingFooter conversation={conversation} />;
  if (state === 'resolved') {
    const at = conversation.resolvedAt === null ? '' : formats.dateTime(conversation.resolvedAt);
    return (
      <Footer says={t('footer.resolved', { at })} actions={<NextConversation except={conversation.id} />} />
    );
  }
  return (
    <Footer says={t(state === 'offered' ? 'footer.offered' : 'footer.with', { name: agentName ?? '' })} />
  );
}

function OfferFooter({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const offer = useOffer(conversation.id);
  return (
    <Footer
      says={<OfferCountdown until={conversation.offerUntil} queuedAt={conversation.queuedAt} />}
      actions={
        <>
          <Button variant="default" loading={offer.declining} onClick={() => void offer.decline()}>
            {t('offer.decline')}
          </Button>
          <Button loading={offer.accepting} onClick={() => void offer.accept()}>
            {t('offer.accept')}
          </Button>
        </>
      }
    />
  );
}

function WaitingFooter({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const account = useAccount();
  const { take, taking } = useOffer(conversation.id);
  const button = (
    <Button loading={taking} onClick={() => void take()}>
      {t('waiting.take')}
    </Button>
  );
  return <Footer says={t('footer.waiting')} actions={account.can('conversations.take') ? button : null} />;
}

/** After one conversation comes the next that waits for an answer. */
function NextConversation({ except }: { except: string }) {
  const { t } = useText();
  const next = useMine().data?.find((conversation) => conversation.id !== except);
  if (next === undefined) return null;
  return (
    <Button
      variant="default"
      renderRoot={(props) => (
        <Link to="/conversations/$conversationId" params={{ conversationId: next.id }} {...props} />
      )}
    >
      {t('footer.next')}
    </Button>
  );
}

function Footer({ says, actions }: { says: ReactNode; actions?: ReactNode }) {
  return (
    <div className={classes.footer}>
      <div className={classes.footerWords}>{says}</div>
      {actions !== undefined && <div className={classes.footerActions}>{actions}</div>}
    </div>
  );
}
