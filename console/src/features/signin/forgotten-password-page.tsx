import { Alert, Anchor, Button } from '@mantine/core';
import { askForRenewal } from '@samtal/contract/signin';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { Card } from './card.tsx';
import { fieldOf } from './field-of.ts';
import { EmailField } from './email-field.tsx';
import classes from './card.module.css';

/** Asks for a link to a new password. What it says afterwards is the same for every address. */
export function ForgottenPasswordPage() {
  const { t } = useText();
  const problemText = useProblemText();
  const ask = useMutation({
    mutationFn: async (email: string) => await call(askForRenewal, { body: { email } }),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    ask.mutate(fieldOf(new FormData(event.currentTarget), 'email').trim());
  };
  return (
    <Card title={t('renewal.forgot')} says={ask.isSuccess ? undefined : t('renewal.forgot-says')}>
      <form className={classes.form} onSubmit={submit}>
        {ask.isSuccess && (
          <Alert variant="light" role="status">
            {t('renewal.sent')}
          </Alert>
        )}
        {ask.error !== null && (
          <Alert variant="light" color="red" role="alert">
            {problemText(ask.error)}
          </Alert>
        )}
        {!ask.isSuccess && (
          <>
            <EmailField />
            <Button type="submit" size="md" loading={ask.isPending} fullWidth>
              {t('renewal.send')}
            </Button>
          </>
        )}
        <Anchor size="sm" ta="center" renderRoot={(props) => <Link to="/sign-in" {...props} />}>
          {t('invitation.to-sign-in')}
        </Anchor>
      </form>
    </Card>
  );
}
