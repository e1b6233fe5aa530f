import { Button, Stack, Text } from '@mantine/core';
import { listFactorsOf, resetFactors } from '@samtal/contract/signin';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { announce, ConfirmDialog, ErrorState } from '../../ui/index.ts';

/** With what a user signs in, for whoever manages users: to take it away when the person has lost it. */
export function FactorsOfUser({
  accountId,
  userId,
  name,
}: {
  accountId: string;
  userId: string;
  name: string;
}) {
  const { t } = useText();
  const queryClient = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const queryKey = ['account', accountId, 'users', userId, 'factors'];
  const params = { accountId, userId };
  const factors = useQuery({ queryKey, queryFn: async () => await call(listFactorsOf, { params }) });
  if (factors.error !== null)
    return <ErrorState error={factors.error} onRetry={() => void factors.refetch()} />;
  if (factors.data === undefined) return null;
  const kinds = [...new Set(factors.data.items.map(({ kind }) => t(`factor.kind.${kind}`)))];
  return (
    <Stack align="flex-start" gap="xs">
      <Text size="sm">{kinds.length === 0 ? t('factor.user-none') : kinds.join(', ')}</Text>
      {kinds.length > 0 && (
        <Button size="xs" variant="default" onClick={() => setAsking(true)}>
          {t('factor.reset')}
        </Button>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={t('factor.reset-title', { name })}
        says={t('factor.reset-says')}
        action={t('factor.reset')}
        danger
        onConfirm={async () => {
          await call(resetFactors, { params });
          announce(t('factor.reset-done', { name }));
          await queryClient.invalidateQueries({ queryKey });
        }}
        onClose={() => setAsking(false)}
      />
    </Stack>
  );
}
