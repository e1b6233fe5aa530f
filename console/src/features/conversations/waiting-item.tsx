import { Button } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import type { Conversation } from '@samtal/contract/conversations';
import { useText } from '../../text/index.ts';
import { ToneBadge, useNow } from '../../ui/index.ts';
import { useOffer } from './use-offer.ts';
import classes from './lists.module.css';

/** A visitor who waits: since when, where, and a way to pick the conversation out of the queue. */
export function WaitingItem({ conversation }: { conversation: Conversation }) {
  const { t, formats } = useText();
  const now = useNow();
  const { take, taking } = useOffer(conversation.id);
  const waited = formats.duration(now - new Date(conversation.queuedAt).getTime());
  const offered = conversation.state === 'offered';

  return (
    <article className={classes.waiting} aria-label={t('waiting.of', { case: conversation.caseId })}>
      <div className={classes.waitingWords}>
        <span className={classes.caseId}>{conversation.caseId}</span>
        {conversation.preview !== null && (
          <span className={classes.preview}>{conversation.preview.text}</span>
        )}
        <span className={classes.where}>
          {conversation.queueName} · {conversation.siteName}
        </span>
        <span className={classes.waited}>
          <IconClock size={13} aria-hidden="true" /> {t('waiting.for', { time: waited })}
          {offered && (
            <ToneBadge tone="accent">
              {t('waiting.offered', { name: conversation.agentName ?? '' })}
            </ToneBadge>
          )}
        </span>
      </div>
      {!offered && (
        <Button size="xs" variant="light" loading={taking} onClick={() => void take()}>
          {t('waiting.take')}
        </Button>
      )}
    </article>
  );
}
