import { useEffect, type KeyboardEvent } from 'react';

/**
 * For a dialog from which others are opened: Escape closes the one that has the focus, and not this one with it. The
 * library listens on the window, where every open dialog hears the same key.
 */
export function useOwnEscape(onClose: () => void) {
  // What had the focus may be gone, such as a button that has given place to a form; then nothing in the dialog hears the key.
  useEffect(() => {
    const listen = ({ key, target }: globalThis.KeyboardEvent) => {
      if (key === 'Escape' && target === document.body) onClose();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onClose]);
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
