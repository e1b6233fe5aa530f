import { Anchor } from '@mantine/core';
import {
  beginFirstFactor,
  confirmFirstFactor,
  continueSignIn,
  sendSignInCode,
  startPasskeySignIn,
  type SignInStep,
} from '@samtal/contract/signin';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { useText } from '../../text/index.ts';
import { AddFactor, ProofForm, RecoveryCodes } from '../factors/index.ts';
import { Card } from './card.tsx';
import { useHasSession } from './use-sign-in.ts';
import classes from './card.module.css';

interface SignInStepFormProps {
  step: SignInStep;
  /** With the next step, or with null when there is a session. */
  onCome: (step: SignInStep | null) => void;
  onRestart: () => void;
}

/** What stands between the password and the session: a second factor is shown, or added. */
export function SignInStepForm({ step, onCome, onRestart }: SignInStepFormProps) {
  const { t } = useText();
  const isEnrolment = step.step === 'enrol';
  return (
    <Card
      title={isEnrolment ? t('signin.enrol') : t('signin.second')}
      says={isEnrolment ? t('signin.enrol-says') : t('signin.second-says')}
    >
      <div className={classes.form}>
        {isEnrolment ? <Enrolment step={step} onCome={onCome} /> : <Proving step={step} onCome={onCome} />}
        <Anchor component="button" type="button" size="sm" ta="center" onClick={onRestart}>
          {t('signin.restart')}
        </Anchor>
      </div>
    </Card>
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
