import { VisuallyHidden } from '@mantine/core';
import type { Conversation } from '@samtal/contract/conversations';
import { IconStarFilled } from '@tabler/icons-react';
import { useText } from '../../text/index.ts';
import { ToneBadge } from '../../ui/index.ts';
import classes from './conversation.module.css';

/** How the visitor rated a conversation, beside its state; nothing where they did not. */
export function RatingMark({ rating }: Pick<Conversation, 'rating'>) {
  const { t } = useText();
  if (rating === null) return null;
  return (
    <ToneBadge tone="neutral">
      <span className={classes.rating} aria-hidden="true">
        <IconStarFilled size={11} /> {rating}
      </span>
      <VisuallyHidden>{t('details.rated-by-visitor', { score: rating })}</VisuallyHidden>
    </ToneBadge>
  );
}
