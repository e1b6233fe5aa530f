import { Button } from '@mantine/core';
import { useSignOut } from '../features/signin/index.ts';
import { useText } from '../text/index.ts';

export function SignOutButton() {
  const { t } = useText();
  const signOut = useSignOut();
  return (
    <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
      {t('menu.sign-out')}
    </Button>
  );
}
