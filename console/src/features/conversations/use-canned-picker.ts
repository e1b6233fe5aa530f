import type { CannedReply } from '@samtal/contract/canned-replies';
import { useId, useState, type KeyboardEvent } from 'react';
import { matchingReplies, useCannedReplies } from '../canned-replies/index.ts';

export interface CannedPickerState {
  readonly opened: boolean;
  readonly loading: boolean;
  readonly replies: readonly CannedReply[];
  readonly selected: number;
  readonly listId: string;
  optionId(index: number): string;
  pick(reply: CannedReply): void;
  /** True when the key was for the picker. */
  onKeyDown(event: KeyboardEvent): boolean;
  readonly fieldProps: object;
}

/** The list of canned replies that opens while `/…` stands in the composer. The focus stays in the composer. */
export function useCannedPicker(
  typed: string | null,
  onPick: (reply: CannedReply) => void,
): CannedPickerState {
  const listId = useId();
  const known = useCannedReplies();
  const [dismissed, setDismissed] = useState<string | null>(null);
  const [position, setPosition] = useState({ typed: '', index: 0 });

  const opened = typed !== null && typed !== dismissed;
  const replies = opened ? matchingReplies(known.data ?? [], typed) : [];
  const index = position.typed === typed ? Math.min(position.index, Math.max(0, replies.length - 1)) : 0;
  const optionId = (at: number) => `${listId}-${at}`;
  const move = (by: number) =>
    setPosition({ typed: typed ?? '', index: (index + by + replies.length) % Math.max(1, replies.length) });

  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (!opened) return false;
    const chosen = replies[index];
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Escape') setDismissed(typed);
    else if ((event.key === 'Enter' || event.key === 'Tab') && chosen !== undefined) onPick(chosen);
    else return false;
    event.preventDefault();
    return true;
  };

  return {
    opened,
    loading: known.isLoading,
    replies,
    selected: index,
    listId,
    optionId,
    pick: onPick,
    onKeyDown,
    fieldProps: opened
      ? {
          'aria-autocomplete': 'list',
          'aria-controls': listId,
          ...(replies.length > 0 ? { 'aria-activedescendant': optionId(index) } : {}),
        }
      : {},
  };
}
