import { Center, Loader, VisuallyHidden } from '@mantine/core';
import { useText } from '../text/index.ts';

/** What stands there while it is not known yet whether anybody is signed in. */
export function LoadingAlone() {
  const { t } = useText();
  return (
    <Center component="main" h="100dvh">
      <VisuallyHidden component="h1">Samtal</VisuallyHidden>
      <Loader role="status" aria-label={t('loading')} />
    </Center>
  );
}
