export { judgeSettings } from './judge-settings.ts';
export { Masker, type MaskedText, type MaskedValue, type Original } from './masker.ts';
export { RuleWorkers } from './rule-workers.ts';
