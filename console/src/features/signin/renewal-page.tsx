import { Alert, Button, Loader, PasswordInput, TextInput } from '@mantine/core';
import {
  completeRenewal,
  openRenewal,
  passwordLength,
  sendRenewalCode,
  startRenewalByPasskey,
  type FactorProof,
  type Ways,
} from '@samtal/contract/signin';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';
import { call, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ProofForm } from '../factors/index.ts';
import { Card } from './card.tsx';
import { fieldOf } from './field-of.ts';
import classes from './card.module.css';

/** Opened by a mailed link. The token stands in the fragment, which no server and no log ever sees. */
export function RenewalPage() {
  const { t } = useText();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState<string | null>(null);
  const [isDone, setDone] = useState(false);
  const renewal = useQuery({
    queryKey: ['renewal', token],
    queryFn: () => call(openRenewal, { body: { token } }),
    enabled: /^[A-Za-z0-9_-]{20,200}$/.test(token),
    staleTime: Infinity,
    retry: false,
  });
  const complete = async (chosen: string, proof: FactorProof | null) => {
    await call(completeRenewal, { body: { token, password: chosen, proof } });
    // The token must not stay in the address bar or the history of a shared machine.
    window.history.replaceState(null, '', window.location.pathname);
    setDone(true);
  };

  if (isDone) return <Done />;
  if (renewal.isLoading)
    return (
      <Card title={t('renewal.title')}>
        <Loader mt="lg" aria-label={t('loading')} />
      </Card>
    );
  if (renewal.data === undefined) return <Invalid error={renewal.error} />;
  const { email, passwordMinLength, proof } = renewal.data;
  if (password !== null && proof !== null)
    return <Proving token={token} proof={proof} prove={async (shown) => await complete(password, shown)} />;
  return (
    <ChooseForm
      email={email}
      minLength={passwordMinLength}
      onChosen={async (chosen) => {
        if (proof === null) await complete(chosen, null);
        else setPassword(chosen);
      }}
    />
  );
}

interface ChooseFormProps {
  email: string;
  minLength: number;
  onChosen: (password: string) => Promise<void>;
}

function ChooseForm({ email, minLength, onChosen }: ChooseFormProps) {
  const { t } = useText();
  const problemText = useProblemText();
  const length = { min: minLength, max: passwordLength.max };
  const choose = useMutation({ mutationFn: onChosen });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    choose.mutate(fieldOf(new FormData(event.currentTarget), 'password'));
  };
  return (
    <Card title={t('renewal.title')} says={t('renewal.says')}>
      <form className={classes.form} onSubmit={submit}>
        {choose.error !== null && (
          <Alert color="red" variant="light" role="alert">
            {problemText(choose.error)}
          </Alert>
        )}
        <TextInput
          name="email"
          label={t('signin.email')}
          value={email}
          readOnly
          autoComplete="username"
          size="md"
        />
        <PasswordInput
          name="password"
          label={t('profile.next')}
          description={t('invitation.password-says', length)}
          required
          withAsterisk={false}
          minLength={length.min}
          maxLength={length.max}
          autoComplete="new-password"
          size="md"
          autoFocus
          visibilityToggleButtonProps={{ 'aria-label': t('signin.show-password') }}
        />
        <Button type="submit" size="md" loading={choose.isPending} fullWidth mt="xs">
          {t('renewal.choose')}
        </Button>
      </form>
    </Card>
  );
}

interface ProvingProps {
  token: string;
  proof: Ways & { mail: boolean };
  prove: (proof: FactorProof) => Promise<void>;
}

/** Whoever has nothing to show gets a code by a second mail. */
function Proving({ token, proof, prove }: ProvingProps) {
  const { t } = useText();
  const byMail = { id: 'mail', kind: 'email', name: '', ending: null } as const;
  const ways = proof.mail ? { ...proof, factors: [byMail] } : proof;
  return (
    <Card title={t('renewal.proof')} says={t('renewal.proof-says')}>
      <div className={classes.form}>
        <ProofForm
          ways={ways}
          action={t('renewal.choose')}
          sendCode={async (id) =>
            await call(sendRenewalCode, { body: { token, factorId: id === byMail.id ? null : id } })
          }
          askForPasskey={async () => await call(startRenewalByPasskey, { body: { token } })}
          prove={prove}
        />
      </div>
    </Card>
  );
}

function Done() {
  const { t } = useText();
  return (
    <Card title={t('renewal.done')} says={t('renewal.done-says')}>
      <div className={classes.form}>
        <Button component={Link} to="/sign-in" size="md" fullWidth>
          {t('invitation.to-sign-in')}
        </Button>
      </div>
    </Card>
  );
}

function Invalid({ error }: { error: Error | null }) {
  const { t } = useText();
  const problemText = useProblemText();
  return (
    <Card title={t('renewal.title')}>
      <div className={classes.form}>
        <Alert color="red" variant="light" role="alert">
          {error === null ? t('problem.signin.renewal-invalid') : problemText(error)}
        </Alert>
        <Button component={Link} to="/forgotten-password" variant="default">
          {t('renewal.ask-again')}
        </Button>
      </div>
    </Card>
  );
}
