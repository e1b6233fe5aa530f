import { Anchor } from '@mantine/core';
import {
  beginFirstFactor,
  confirmFirstFactor,
  continueSignIn,
  renewExpiredPassword,
  sendSignInCode,
  startPasskeySignIn,
  type SignInStep,
} from '@samtal/contract/signin';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { AddFactor, ProofForm, RecoveryCodes } from '../factors/index.ts';
import { Card } from './card.tsx';
import { NewPasswordForm } from './new-password-form.tsx';
import { useHasSession } from './use-sign-in.ts';
import classes from './card.module.css';

interface SignInStepFormProps {
  step: SignInStep;
  /** With the next step, or with null when there is a session. */
  onCome: (step: SignInStep | null) => void;
  onRestart: () => void;
}

/** What stands between the password and the session: a second factor is shown or added, or a new password chosen. */
export function SignInStepForm({ step, onCome, onRestart }: SignInStepFormProps) {
  const { t } = useText();
  const forms = { factor: Proving, renew: Renewing, enrol: Enrolment };
  const Form = forms[step.step];
  return (
    <Card title={t(`signin.step-${step.step}`)} says={t(`signin.step-${step.step}-says`)}>
      <div className={classes.form}>
        <Form step={step} onCome={onCome} />
        <Anchor component="button" type="button" size="sm" ta="center" onClick={onRestart}>
          {t('signin.restart')}
        </Anchor>
      </div>
    </Card>
  );
}

function Renewing({ step, onCome }: Omit<SignInStepFormProps, 'onRestart'>) {
  const { t } = useText();
  const hasSession = useHasSession();
  return (
    <NewPasswordForm
      minLength={step.passwordMinLength}
      action={t('signin.submit')}
      onChosen={async (password) => {
        const answer = await call(renewExpiredPassword, { body: { password } });
        if ('step' in answer) return onCome(answer);
        await hasSession();
        return onCome(null);
      }}
    />
  );
}

function Proving({ step, onCome }: Omit<SignInStepFormProps, 'onRestart'>) {
  const { t } = useText();
  const hasSession = useHasSession();
  return (
    <ProofForm
      ways={step}
      action={t('signin.submit')}
      sendCode={async (factorId) => await call(sendSignInCode, { body: { factorId } })}
      askForPasskey={async () => await call(startPasskeySignIn)}
      prove={async (proof) => {
        const answer = await call(continueSignIn, { body: proof });
        if ('step' in answer) return onCome(answer);
        await hasSession();
        return onCome(null);
      }}
    />
  );
}

function Enrolment({ step, onCome }: Omit<SignInStepFormProps, 'onRestart'>) {
  const hasSession = useHasSession();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes !== null) return <RecoveryCodes codes={codes} onKept={() => onCome(null)} />;
  return (
    <AddFactor
      addable={step.addable}
      begin={async (wanted) => await call(beginFirstFactor, { body: wanted })}
      confirm={async (factorId, shown) => {
        const { recoveryCodes } = await call(confirmFirstFactor, { params: { factorId }, body: shown });
        await hasSession();
        if (recoveryCodes.length === 0) onCome(null);
        else setCodes(recoveryCodes);
      }}
    />
  );
}
