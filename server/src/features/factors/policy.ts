import { factorKinds, optionalFactorKinds, type FactorKind } from '@samtal/contract/signin';

/** A code is good for this long (C2, ASVS 6.5.5) … */
export const codeLifeS = 10 * 60;
/** … and may be tried this often. */
export const codeAttempts = 5;
/** Wrong codes of all kinds that a person has in an hour. */
export const triesPerHour = 10;
/** Codes that are sent to a person. */
export const sendsPerTenMinutes = 3;
export const sendsPerDay = 10;
/** Codes that are sent to one number or address in a day, whoever asks for them. */
export const sendsPerDestination = 10;
/** How many recovery codes there are. */
export const recoveryCodeCount = 10;

/** Kinds that count for somebody whose accounts allow these beside passkeys. */
export function countingKinds(allowed: readonly string[]): FactorKind[] {
  return factorKinds.filter((kind) => isAllowed(kind, allowed));
}

export function isAllowed(kind: FactorKind, allowed: readonly string[]): boolean {
  return !optionalFactorKinds.some((each) => each === kind) || allowed.includes(kind);
}

/** By which factors somebody is asked: those that count. Where none does, what there is: it is better than nothing. */
export function usable<Kept extends { readonly kind: FactorKind }>(
  factors: readonly Kept[],
  allowed: readonly string[],
): Kept[] {
  const counting = factors.filter(({ kind }) => isAllowed(kind, allowed));
  return counting.length > 0 ? counting : [...factors];
}
