import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import { useProblemText } from '../api/index.ts';

/** Runs something that may be refused, and says so at the edge of the screen if it was. Never rejects. */
export function useReport() {
  const problemText = useProblemText();
  return useCallback(
    async (work: Promise<unknown>): Promise<boolean> => {
      try {
        await work;
        return true;
      } catch (error) {
        notifications.show({
          color: 'red.8',
          message: problemText(error),
          autoClose: 8_000,
          withBorder: true,
        });
        return false;
      }
    },
    [problemText],
  );
}

/** Says at the edge of the screen that something was done. */
export function announce(message: string): void {
  notifications.show({ message, autoClose: 4_000, withBorder: true });
}
