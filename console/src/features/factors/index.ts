export { AddFactor } from './add-factor.tsx';
export { FactorsOfUser } from './factors-of-user.tsx';
export { factorIcons } from './factor-icons.ts';
export { OtherWay, OtherWays } from './other-ways.tsx';
export { OwnFactors } from './own-factors.tsx';
export { hasPasskeys, showPasskey } from './passkeys.ts';
export { ProofForm } from './proof-form.tsx';
export { RecoveryCodes } from './recovery-codes.tsx';
export { useFactorProblem } from './use-factor-problem.ts';
