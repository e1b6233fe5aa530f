import type { Conversation, ConversationState } from '@samtal/contract/conversations';
import { useText } from '../../text/index.ts';
import { ToneBadge, type Tone } from '../../ui/index.ts';

const linkTones = { unknown: 'neutral', ok: 'good', weak: 'warning', lost: 'danger' } as const;

/** How well the visitor can be reached (E3). */
export function LinkBadge({ link }: { link: Conversation['link'] }) {
  const { t } = useText();
  return <ToneBadge tone={linkTones[link]}>{t(`link.${link}`)}</ToneBadge>;
}

const stateTones: Record<ConversationState, Tone> = {
  waiting: 'warning',
  offered: 'accent',
  active: 'good',
  resolved: 'neutral',
};

export function StateBadge({ state }: { state: ConversationState }) {
  const { t } = useText();
  return <ToneBadge tone={stateTones[state]}>{t(`state.${state}`)}</ToneBadge>;
}
