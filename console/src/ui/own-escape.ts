import type { KeyboardEvent } from 'react';

/**
 * For a dialog from which others are opened: Escape closes the one that has the focus, and not this one with it. The
 * library listens on the window, where every open dialog hears the same key.
 */
export function ownEscape(onClose: () => void) {
  return {
    closeOnEscape: false,
    onKeyDown: ({ key, target, currentTarget }: KeyboardEvent<HTMLElement>) => {
      // What is opened from here lies elsewhere in the document, although React passes its events on to here.
      const isOwn = target instanceof Element && currentTarget.contains(target);
      // A list that is open takes the key for itself, and says so by the library's mark.
      if (key === 'Escape' && isOwn && target.getAttribute('data-mantine-stop-propagation') !== 'true')
        onClose();
    },
  };
}
