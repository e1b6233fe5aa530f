export { redactionTimeOf, type RedactionTime } from './configuration-of.ts';
export { judgeRules } from './judge-rules.ts';
export { Masker, type MaskedText, type Original } from './masker.ts';
export { RuleWorkers } from './rule-workers.ts';
