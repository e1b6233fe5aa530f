import { useMediaQuery } from '@mantine/hooks';

/** Whether there is room for one pane only. The same width as in the style sheets: 48em. */
export function useIsPhone(): boolean {
  return useMediaQuery('(max-width: 47.99em)', false, { getInitialValueInEffect: false });
}
