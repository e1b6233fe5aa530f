import { adversarialTexts, compileMasking, UnfitRule, type AccountRule } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import type { RuleWorkers } from './rule-workers.ts';

/** Why a rule cannot be published; with `syntax`, what the compiler says about it. */
export interface RuleProblem {
  readonly index: number;
  readonly problem: string;
}

/**
 * Judges rules before they are published: each has to compile within the limits, and to end in time on texts that are made
 * to keep it busy. The texts run in the threads for rules.
 */
export async function judgeRules(
  workers: RuleWorkers,
  account: string,
  rules: readonly AccountRule[],
): Promise<RuleProblem[]> {
  const problems: RuleProblem[] = [];
  for (const [index, rule] of rules.entries()) {
    const problem = compileProblem(rule) ?? (await speedProblem(workers, account, rule));
    if (problem !== null) problems.push({ index, problem });
  }
  const ids = rules.map(({ id }) => id);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) !== index) problems.push({ index, problem: 'same-id' });
  return problems;
}

const nothingElse = { detectors: [], alsoNetworks: [], phoneCountries: [], digits: null };

function compileProblem(rule: AccountRule): string | null {
  try {
    compileMasking(
      { ...nothingElse, rules: [{ ...rule, enabled: true }] },
      { patterns: linearPatterns, isPhoneNumber: null, now: () => 0 },
    );
    return null;
  } catch (error) {
    if (error instanceof UnfitRule)
      return error.message === '' ? error.reason : `${error.reason}: ${error.message}`;
    throw error;
  }
}

async function speedProblem(
  workers: RuleWorkers,
  account: string,
  rule: AccountRule,
): Promise<string | null> {
  const configuration = { ...nothingElse, rules: [{ ...rule, enabled: true }] };
  for (const text of adversarialTexts(rule)) {
    const masked = await workers.mask(account, configuration, text);
    if (masked === null || masked.failedClosedAt !== null) return 'too-slow';
  }
  return null;
}
