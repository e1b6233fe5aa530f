import type { AccountRule } from '@samtal/contract/masking';

/** A rule before and after a change; null where it was not there, or is not any more. */
export interface RuleChange {
  readonly name: string;
  readonly before: AccountRule | null;
  readonly after: AccountRule | null;
}

/** What differs between two lists of rules, rule by rule. */
export function ruleChanges(before: readonly AccountRule[], after: readonly AccountRule[]): RuleChange[] {
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  return ids.flatMap((id) => {
    const [was, is] = [before, after].map((rules) => rules.find((rule) => rule.id === id) ?? null);
    if (JSON.stringify(was) === JSON.stringify(is)) return [];
    return [{ name: (is ?? was)?.name ?? id, before: was ?? null, after: is ?? null }];
  });
}
