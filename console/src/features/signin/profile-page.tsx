import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { changePassword, passwordLength } from '@samtal/contract/signin';
import { useMutation } from '@tanstack/react-query';
import { call, Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { Page } from '../../ui/index.ts';
import { OwnFactors } from '../factors/index.ts';
import { OwnSessions } from './sessions.tsx';
import { useSession } from './session.ts';

export function ProfilePage() {
  const { t } = useText();
  const session = useSession();
  return (
    <Page title={t('profile.title')}>
      <Stack gap="lg" maw="32rem">
        <Paper withBorder p="lg">
          <Text fw={600}>{session?.user.name}</Text>
          <Text size="sm" c="dimmed">
            {session?.user.email}
          </Text>
        </Paper>
        <Paper withBorder p="lg">
          <Title order={2} mb="xs">
            {t('profile.password')}
          </Title>
          <PasswordForm
            email={session?.user.email ?? ''}
            minLength={session?.passwordMinLength ?? passwordLength.min}
          />
        </Paper>
        {session?.providerId === null && (
          <Paper withBorder p="lg">
            <Title order={2} mb="xs">
              {t('factor.title')}
            </Title>
            <OwnFactors />
          </Paper>
        )}
        <Paper withBorder p="lg">
          <Title order={2} mb="xs">
            {t('sessions.title')}
          </Title>
          <OwnSessions />
        </Paper>
      </Stack>
    </Page>
  );
}

/** The server calls every wrong password the same; here it can only be the current one. */
function isRefused(error: Error): boolean {
  return error instanceof Refusal && error.code === 'signin.refused';
}

function PasswordForm({ email, minLength }: { email: string; minLength: number }) {
  const length = { min: minLength, max: passwordLength.max };
  const { t } = useText();
  const problemText = useProblemText();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { current: '', next: '', again: '' },
    validate: {
      next: (value) => (value.length < length.min ? t('profile.too-short', length) : null),
      again: (value, values) => (value === values.next ? null : t('profile.differs')),
    },
  });
  const change = useMutation({
    mutationFn: ({ current, next }: { current: string; next: string }) =>
      call(changePassword, { body: { current, next } }),
    onSuccess: () => form.reset(),
  });
  const toggle = { 'aria-label': t('signin.show-password') };

  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('profile.password-says', length)}
        </Text>
        {change.isSuccess && (
          <Alert color="green" variant="light" role="status">
            {t('profile.changed')}
          </Alert>
        )}
        {change.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {isRefused(change.error) ? t('profile.current-wrong') : problemText(change.error)}
          </Alert>
        )}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordInput
          label={t('profile.current')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={toggle}
          key={form.key('current')}
          {...form.getInputProps('current')}
        />
        <PasswordInput
          label={t('profile.next')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          maxLength={passwordLength.max}
          visibilityToggleButtonProps={toggle}
          key={form.key('next')}
          {...form.getInputProps('next')}
        />
        <PasswordInput
          label={t('profile.again')}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={toggle}
          key={form.key('again')}
          {...form.getInputProps('again')}
        />
        <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('profile.change')}
        </Button>
      </Stack>
    </form>
  );
}
