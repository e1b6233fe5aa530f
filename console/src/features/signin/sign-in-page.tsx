import { Alert, Button, PasswordInput, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useRef, type FormEvent } from 'react';
import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { fieldOf } from './field-of.ts';
import { Card } from './card.tsx';
import { OrganisationSignIn } from './organisation-sign-in.tsx';
import { CookieRefused, useSignIn } from './use-sign-in.ts';
import classes from './card.module.css';

export function SignInPage() {
  const { t } = useText();
  const { to, ended, refused } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const signIn = useSignIn();
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    // Read from the form and not from state: password managers fill fields without telling React.
    const given = new FormData(event.currentTarget);
    signIn.mutate(
      { email: fieldOf(given, 'email').trim(), password: fieldOf(given, 'password') },
      {
        onSuccess: () => void navigate({ to: to ?? '/', replace: true }),
        onError: () => password.current?.select(),
      },
    );
  };

  return (
    <Card title={t('signin.title')}>
      <form className={classes.form} onSubmit={submit}>
        {ended === true && signIn.error === null && (
          <Alert variant="light" color="gray" role="status">
            {t('signin.ended')}
          </Alert>
        )}
        {refused === true && signIn.error === null && (
          <Alert variant="light" color="red" role="alert">
            {t('signin.organisation-refused')}
          </Alert>
        )}
        {signIn.error !== null && <SignInProblem error={signIn.error} />}
        <TextInput
          ref={email}
          name="email"
          type="email"
          label={t('signin.email')}
          autoComplete="username"
          inputMode="email"
          spellCheck={false}
          autoCapitalize="none"
          required
          withAsterisk={false}
          autoFocus
          size="md"
        />
        <PasswordInput
          ref={password}
          name="password"
          label={t('signin.password')}
          autoComplete="current-password"
          required
          withAsterisk={false}
          size="md"
          visibilityToggleButtonProps={{ 'aria-label': t('signin.show-password') }}
        />
        <Button type="submit" size="md" loading={signIn.isPending} fullWidth mt="xs">
          {t('signin.submit')}
        </Button>
        <OrganisationSignIn email={email} />
      </form>
    </Card>
  );
}

function SignInProblem({ error }: { error: Error }) {
  const { t } = useText();
  const problemText = useProblemText();
  const refused = error instanceof CookieRefused;
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertCircle />}
      title={refused ? t('signin.cookie-title') : undefined}
    >
      {refused ? t('signin.cookie-says') : problemText(error)}
    </Alert>
  );
}
