import { IconAntennaBars2, IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react';
import type { Conversation } from '@samtal/contract/conversations';
import { useState } from 'react';
import { useText } from '../../text/index.ts';
import { useNow } from '../../ui/index.ts';
import classes from './conversation.module.css';

const backShownMs = 6_000;

/** Tells the agent when the visitor’s connection is weak, lost, and back (E3). */
export function LinkBanner({ conversation }: { conversation: Conversation }) {
  const { t } = useText();
  const back = useJustBack(conversation.link);
  const { link } = conversation;
  const shown = link === 'weak' || link === 'lost' ? link : back ? 'back' : null;
  const BannerIcon = { weak: IconAntennaBars2, lost: IconPlugConnectedX, back: IconPlugConnected }[
    shown ?? 'back'
  ];

  return (
    <div role="status">
      {shown !== null && (
        <p className={classes.banner} data-link={shown}>
          <BannerIcon size={18} aria-hidden="true" />
          <span>{t(`banner.${shown}`)}</span>
        </p>
      )}
    </div>
  );
}

/** True for a little while after a weak or lost connection was good again. */
function useJustBack(link: Conversation['link']): boolean {
  const now = useNow();
  const [known, setKnown] = useState({ link, backAt: 0 });
  if (known.link !== link) {
    const isBack = link === 'ok' && (known.link === 'weak' || known.link === 'lost');
    setKnown({ link, backAt: isBack ? now : 0 });
  }
  return now - known.backAt < backShownMs;
}
