import { Button } from '@mantine/core';
import type { Conversation } from '@samtal/contract/conversations';
import { Link } from '@tanstack/react-router';
import { useText } from '../../text/index.ts';
import { OfferCountdown } from './offer-countdown.tsx';
import { useOffer } from './use-offer.ts';
import classes from './lists.module.css';

/** A conversation that is offered to the agent and passes on when the time is up (E2). */
export function OfferItem({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const offer = useOffer(conversation.id);
  return (
    <article className={classes.offer} aria-label={t('offer.of', { case: conversation.caseId })}>
      <Link
        to="/conversations/$conversationId"
        params={{ conversationId: conversation.id }}
        className={classes.offerLink}
        activeProps={{ 'aria-current': 'page' }}
      >
        <span className={classes.line}>
          <span className={classes.caseId}>{conversation.caseId}</span>
        </span>
        <span className={classes.preview}>{conversation.preview?.text ?? t('preview.none')}</span>
        <span className={classes.where}>
          {conversation.queueName} · {conversation.siteName}
        </span>
      </Link>
      <OfferCountdown until={conversation.offerUntil} queuedAt={conversation.queuedAt} />
      <div className={classes.offerActions}>
        <Button size="xs" loading={offer.accepting} onClick={() => void offer.accept()}>
          {t('offer.accept')}
        </Button>
        <Button size="xs" variant="default" loading={offer.declining} onClick={() => void offer.decline()}>
          {t('offer.decline')}
        </Button>
      </div>
    </article>
  );
}
