import { getSignInStep, type SignInStep } from '@samtal/contract/signin';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/index.ts';
import { CredentialsForm } from './credentials-form.tsx';
import { SignInStepForm } from './sign-in-step-form.tsx';

/** From the password, a passkey or an identity provider to the session: with a step between where one is needed. */
export function SignInPage() {
  const { to, step: isUnderWay = false } = useSearch({ from: '/sign-in' });
  const navigate = useNavigate();
  const [come, setCome] = useState<SignInStep | null>(null);
  const underWay = useQuery({
    queryKey: ['sign-in-step'],
    queryFn: async () => await call(getSignInStep),
    enabled: isUnderWay,
    retry: false,
    staleTime: Infinity,
    gcTime: 0,
  });
  const step = come ?? (isUnderWay ? underWay.data : null) ?? null;
  const onCome = (next: SignInStep | null) => {
    if (next === null) void navigate({ to: to ?? '/', replace: true });
    else setCome(next);
  };
  const restart = () => {
    setCome(null);
    void navigate({ to: '/sign-in', search: to === undefined ? {} : { to }, replace: true });
  };
  if (isUnderWay && underWay.isPending) return null;
  if (step === null) return <CredentialsForm onCome={onCome} />;
  return <SignInStepForm step={step} onCome={onCome} onRestart={restart} />;
}
