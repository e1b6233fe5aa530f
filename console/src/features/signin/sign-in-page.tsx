import type { SignInStep } from '@samtal/contract/signin';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { CredentialsForm } from './credentials-form.tsx';
import { SignInStepForm } from './sign-in-step-form.tsx';

/** From the password, or a passkey, to the session: with a step between where one is needed. */
export function SignInPage() {
  const { to } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [step, setStep] = useState<SignInStep | null>(null);
  const onCome = (next: SignInStep | null) => {
    if (next === null) void navigate({ to: to ?? '/', replace: true });
    else setStep(next);
  };
  if (step === null) return <CredentialsForm onCome={onCome} />;
  return <SignInStepForm step={step} onCome={onCome} onRestart={() => setStep(null)} />;
}
