export { adversarialTexts } from './adversarial-texts.ts';
export { UnfitRule, unfitReasons, type PatternEngine, type UnfitReason } from './account-rules.ts';
export {
  compileMasking,
  type Masked,
  type MaskedStretch,
  type Masking,
  type MaskingTools,
} from './compile-masking.ts';
export * from './configuration.ts';
export * from './configuration-of.ts';
export * from './endpoints.ts';
export { splitKinds, unfinishedNumber, withoutFinish } from './split-numbers.ts';
