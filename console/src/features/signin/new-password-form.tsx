import { Alert, Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ChosenPasswordField, OwnerField } from './chosen-password-fields.tsx';
import { fieldOf } from './field-of.ts';
import classes from './card.module.css';

interface NewPasswordFormProps {
  /** Whose password it is, where the page knows; password managers ask. */
  email?: string;
  minLength: number;
  action: string;
  /** What went wrong with the password that was chosen before. */
  problem?: unknown;
  onChosen: (password: string) => Promise<void>;
}

/** A password is chosen. */
export function NewPasswordForm({
  email,
  minLength,
  action,
  problem = null,
  onChosen,
}: NewPasswordFormProps) {
  const { t } = useText();
  const problemText = useProblemText();
  const choose = useMutation({ mutationFn: onChosen });
  const wrong = choose.isIdle ? problem : choose.error;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    choose.mutate(fieldOf(new FormData(event.currentTarget), 'password'));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      {wrong !== null && (
        <Alert color="red" variant="light" role="alert">
          {problemText(wrong)}
        </Alert>
      )}
      {email !== undefined && <OwnerField email={email} />}
      <ChosenPasswordField label={t('profile.next')} minLength={minLength} autoFocus />
      <Button type="submit" size="md" loading={choose.isPending} fullWidth mt="xs">
        {action}
      </Button>
    </form>
  );
}
