import { Alert, Button, Group, PasswordInput, Stack } from '@mantine/core';
import { elevate } from '@samtal/contract/signin';
import { useMutation } from '@tanstack/react-query';
import { useRef, type FormEvent } from 'react';
import { call, Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { fieldOf } from './field-of.ts';
import { useSession } from './session.ts';

interface PasswordElevationProps {
  onElevated: (elevatedUntil: string) => void;
  onCancel: () => void;
}

export function PasswordElevation({ onElevated, onCancel }: PasswordElevationProps) {
  const { t } = useText();
  const problemText = useProblemText();
  const session = useSession();
  const field = useRef<HTMLInputElement>(null);
  const prove = useMutation({
    mutationFn: async (password: string) => await call(elevate, { body: { kind: 'password', password } }),
    onSuccess: ({ elevatedUntil }) => onElevated(elevatedUntil),
    onError: () => field.current?.select(),
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The dialog may stand inside of a form of React’s tree: that one is not sent.
    event.stopPropagation();
    prove.mutate(fieldOf(new FormData(event.currentTarget), 'password'));
  };
  const said = (error: Error) =>
    error instanceof Refusal && error.code === 'signin.proof-refused'
      ? t('elevation.password-wrong')
      : problemText(error);

  return (
    <form onSubmit={submit}>
      <Stack>
        {prove.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {said(prove.error)}
          </Alert>
        )}
        <input
          type="text"
          name="username"
          autoComplete="username"
          value={session?.user.email ?? ''}
          readOnly
          hidden
        />
        <PasswordInput
          ref={field}
          name="password"
          label={t('signin.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus
          visibilityToggleButtonProps={{ 'aria-label': t('signin.show-password') }}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t('cancel')}
          </Button>
          <Button type="submit" loading={prove.isPending}>
            {t('elevation.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
