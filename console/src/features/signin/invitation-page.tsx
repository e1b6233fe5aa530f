import { Alert, Button, Loader, TextInput } from '@mantine/core';
import { acceptInvitation, readInvitation } from '@samtal/contract/signin';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { call, Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { fieldOf } from './field-of.ts';
import { Card } from './card.tsx';
import { ChosenPasswordField, OwnerField } from './chosen-password-fields.tsx';
import { CookieRefused, useSignIn } from './use-sign-in.ts';
import classes from './card.module.css';

/** Opened by a one-time link. The token stands in the fragment, which no server and no log ever sees. */
export function InvitationPage() {
  const { t } = useText();
  const [token] = useState(() => window.location.hash.slice(1));
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => call(readInvitation, { body: { token } }),
    enabled: /^[A-Za-z0-9_-]{20,200}$/.test(token),
    staleTime: Infinity,
    retry: false,
  });

  if (invitation.isLoading) {
    return (
      <Card title={t('invitation.title')}>
        <Loader mt="lg" aria-label={t('loading')} />
      </Card>
    );
  }
  if (invitation.data === undefined) return <InvitationInvalid error={invitation.error} />;
  return <AcceptForm token={token} {...invitation.data} />;
}

function InvitationInvalid({ error }: { error: Error | null }) {
  const { t } = useText();
  const problemText = useProblemText();
  return (
    <Card title={t('invitation.title')}>
      <div className={classes.form}>
        <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle />}>
          {error === null ? t('problem.signin.invitation-invalid') : problemText(error)}
        </Alert>
        <Button component={Link} to="/sign-in" variant="default">
          {t('invitation.to-sign-in')}
        </Button>
      </div>
    </Card>
  );
}

interface AcceptFormProps {
  token: string;
  accountName: string;
  passwordMinLength: number;
  email: string;
  name: string;
}

function AcceptForm({ token, accountName, email, name, passwordMinLength }: AcceptFormProps) {
  const { t } = useText();
  const problemText = useProblemText();
  const signIn = useSignIn();
  const accept = useMutation({
    mutationFn: async (given: { name: string; password: string }) => {
      await call(acceptInvitation, { body: { token, ...given } });
      return await signIn.mutateAsync({ email, password: given.password });
    },
    // The token must not stay in the address bar or the history of a shared machine. Where a second factor is needed,
    // signing in begins on its own page.
    onSuccess: (step) => window.location.replace(step === null ? '/' : '/sign-in'),
  });

  const acceptProblem = (error: Error): string => {
    if (error instanceof CookieRefused) return t('signin.cookie-says');
    // Only somebody who has a password already can give a wrong one.
    const isWrong = error instanceof Refusal && error.code === 'signin.refused';
    return isWrong ? t('invitation.password-wrong') : problemText(error);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    accept.mutate({ name: fieldOf(given, 'name').trim(), password: fieldOf(given, 'password') });
  };

  return (
    <Card title={t('invitation.join', { account: accountName })} says={t('invitation.says')}>
      <form className={classes.form} onSubmit={submit}>
        {accept.error !== null && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle />}>
            {acceptProblem(accept.error)}
          </Alert>
        )}
        <OwnerField email={email} />
        <TextInput
          name="name"
          label={t('invitation.name')}
          description={t('invitation.name-says')}
          defaultValue={name}
          required
          withAsterisk={false}
          maxLength={120}
          autoComplete="name"
          size="md"
        />
        <ChosenPasswordField label={t('signin.password')} minLength={passwordMinLength} />
        <Button type="submit" size="md" loading={accept.isPending} fullWidth mt="xs">
          {t('invitation.accept')}
        </Button>
      </form>
    </Card>
  );
}
