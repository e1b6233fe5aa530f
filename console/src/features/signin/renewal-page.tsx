import { Alert, Button, Loader } from '@mantine/core';
import {
  completeRenewal,
  openRenewal,
  sendRenewalCode,
  startRenewalByPasskey,
  type FactorProof,
  type Ways,
} from '@samtal/contract/signin';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call, Refusal, useProblemText } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { ProofForm } from '../factors/index.ts';
import { Card } from './card.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import classes from './card.module.css';

/** Opened by a mailed link. The token stands in the fragment, which no server and no log ever sees. */
export function RenewalPage() {
  const { t } = useText();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
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
  const prove = async (chosen: string, shown: FactorProof) => {
    try {
      await complete(chosen, shown);
    } catch (error) {
      if (!isOfPassword(error)) throw error;
      setProblem(error);
      setPassword(null);
    }
  };
  if (password !== null && proof !== null)
    return <Proving token={token} proof={proof} prove={async (shown) => await prove(password, shown)} />;
  return (
    <Card title={t('renewal.title')} says={t('renewal.says')}>
      <NewPasswordForm
        email={email}
        minLength={passwordMinLength}
        action={t('renewal.choose')}
        problem={problem}
        onChosen={async (chosen) => {
          if (proof === null) await complete(chosen, null);
          else setPassword(chosen);
        }}
      />
    </Card>
  );
}

/** Whether another password has to be chosen. What it was refused for is told only once the proof has been shown. */
function isOfPassword(error: unknown): boolean {
  return error instanceof Refusal && ['signin.password-used', 'signin.password-weak'].includes(error.code);
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
