import { Anchor, Button, PasswordInput, Alert } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { SignInStep } from '@samtal/contract/signin';
import { Link, useSearch } from '@tanstack/react-router';
import { useRef, type FormEvent } from 'react';
import { embeddedIn, Refusal } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { factorIcons, hasPasskeys, useFactorProblem } from '../factors/index.ts';
import { fieldOf } from './field-of.ts';
import { Card } from './card.tsx';
import { OrganisationSignIn, useOrganisation } from './organisation-sign-in.tsx';
import { CookieRefused, usePasskeySignIn, useSignIn } from './use-sign-in.ts';
import { EmailField } from './email-field.tsx';
import classes from './card.module.css';

/** Address and password, or a passkey. `onCome` is called with the next step, or with null when there is a session. */
export function CredentialsForm({ onCome }: { onCome: (step: SignInStep | null) => void }) {
  const { t } = useText();
  const { ended, refused } = useSearch({ from: '/sign-in' });
  const signIn = useSignIn();
  const byPasskey = usePasskeySignIn();
  const elsewhere = useOrganisation();
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const error = byPasskey.error ?? signIn.error;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    byPasskey.reset();
    elsewhere.reset();
    // Read from the form and not from state: password managers fill fields without telling React.
    const given = new FormData(event.currentTarget);
    signIn.mutate(
      { email: fieldOf(given, 'email').trim(), password: fieldOf(given, 'password') },
      {
        onSuccess: onCome,
        onError: (refused, { email: address }) => {
          password.current?.select();
          if (refused instanceof Refusal && refused.code === 'signin.refused') elsewhere.mutate(address);
        },
      },
    );
  };

  return (
    <Card title={t('signin.title')}>
      <form className={classes.form} onSubmit={submit}>
        {ended === true && error === null && (
          <Alert variant="light" color="gray" role="status">
            {t('signin.ended')}
          </Alert>
        )}
        {refused === true && error === null && (
          <Alert variant="light" color="red" role="alert">
            {t('signin.organisation-refused')}
          </Alert>
        )}
        {error !== null &&
          (elsewhere.data?.only === true ? (
            <Alert role="alert" color="red" variant="light" icon={<IconAlertCircle />}>
              {t('signin.organisation-only')}
            </Alert>
          ) : (
            <SignInProblem error={error} />
          ))}
        <EmailField ref={email} />
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
        {hasPasskeys() && (
          <Button
            variant="default"
            size="md"
            fullWidth
            leftSection={<factorIcons.passkey size={18} aria-hidden="true" />}
            loading={byPasskey.isPending}
            onClick={() => byPasskey.mutate(undefined, { onSuccess: onCome })}
          >
            {t('signin.by-passkey')}
          </Button>
        )}
        {/* Pages of identity providers are shown in no frame. */}
        {embeddedIn === null && <OrganisationSignIn email={email} />}
        <Anchor size="sm" ta="center" renderRoot={(props) => <Link to="/forgotten-password" {...props} />}>
          {t('signin.forgot')}
        </Anchor>
      </form>
    </Card>
  );
}

function SignInProblem({ error }: { error: Error }) {
  const { t } = useText();
  const problem = useFactorProblem();
  const refused = error instanceof CookieRefused;
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertCircle />}
      title={refused ? t('signin.cookie-title') : undefined}
    >
      {refused ? t('signin.cookie-says') : problem(error)}
    </Alert>
  );
}
