import { Alert, Button } from '@mantine/core';
import { enterAccount } from '@samtal/contract/operator-access';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { Card, useHasSession } from '../signin/index.ts';

/** Opened by the link of an operator. The token stands in the fragment, which no server and no log ever sees. */
export function OperatorPage() {
  const { t } = useText();
  const problemText = useProblemText();
  const navigate = useNavigate();
  const hasSession = useHasSession();
  const [token] = useState(() => window.location.hash.slice(1));
  const enter = useMutation({
    mutationFn: async () => {
      await call(enterAccount, { body: { token } });
      await hasSession();
    },
    onSuccess: async () => await navigate({ to: '/', replace: true }),
  });
  // A page that is only opened uses no link up: some programs open every link that they see.
  return (
    <Card title={t('operators.enter')} says={t('operators.enter-says')}>
      {enter.error !== null && (
        <Alert color="red" variant="light" role="alert" mt="md">
          {problemText(enter.error)}
        </Alert>
      )}
      <Button mt="lg" size="md" fullWidth loading={enter.isPending} onClick={() => enter.mutate()}>
        {t('operators.enter')}
      </Button>
    </Card>
  );
}
