import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { useText } from '../text/index.ts';
import { EmptyState, ErrorState } from '../ui/index.ts';

/** A page that is not there. */
export function NotFoundPage() {
  const { t } = useText();
  return (
    <EmptyState
      isPage
      icon={IconMapOff}
      title={t('not-found.title')}
      says={t('not-found.says')}
      action={
        <Button variant="default" renderRoot={(props) => <Link to="/" {...props} />}>
          {t('not-found.home')}
        </Button>
      }
    />
  );
}

/** The same, where there is nothing around it. */
export function NotFoundAlone() {
  return (
    <main>
      <NotFoundPage />
    </main>
  );
}

/** A page that could not be loaded or drawn. */
export function FailedPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <ErrorState isPage error={error} onRetry={retry} />;
}

/** The same where there is no frame around it, because nobody may be signed in. */
export function FailedAlone(props: ErrorComponentProps) {
  return (
    <main>
      <FailedPage {...props} />
    </main>
  );
}
