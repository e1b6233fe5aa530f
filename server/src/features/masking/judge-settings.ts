import { settings } from '@samtal/contract/settings';
import { compileExact } from '../../platform/http/index.ts';
import { judgeRules } from './judge-rules.ts';
import type { RuleWorkers } from './rule-workers.ts';

/** What is wrong with a setting that fits its schema. `place` begins with its key: `masking.rules/1`. */
export interface SettingProblem {
  readonly place: string;
  readonly problem: string;
}

const rulesFit = compileExact(settings['masking.rules'].schema);

/**
 * Judges settings before they hold, whether they are new or restored: the account's rules must compile and end in time. What
 * does not fit its schema is refused by whoever sets it. Takes a while, so not in a transaction.
 */
export async function judgeSettings(
  workers: RuleWorkers,
  account: string,
  set: Readonly<Record<string, unknown>>,
): Promise<SettingProblem[]> {
  const rules = set['masking.rules'];
  if (rules === undefined || !rulesFit(rules)) return [];
  const problems = await judgeRules(workers, account, rules as Parameters<typeof judgeRules>[2]);
  return problems.map(({ index, problem }) => ({ place: `masking.rules/${index}`, problem }));
}
