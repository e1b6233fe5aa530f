export { judgeRules } from './judge-rules.ts';
export { Masker, type MaskedText } from './masker.ts';
export { RuleWorkers } from './rule-workers.ts';
