import {
  AccountRule,
  detectorKinds,
  optionalNetworks,
  ruleLimits,
  type DetectorKind,
} from '../../masking/configuration.ts';
import { oneOf, Type } from '../../shared/index.ts';
import { setting, everywhere, type Setting } from '../setting.ts';

/** Cards have a setting of their own (G3). */
const otherDetectors = detectorKinds.filter((kind) => kind !== 'card') as [OtherDetector, ...OtherDetector[]];
type OtherDetector = Exclude<DetectorKind, 'card'>;

/** What is masked before it is stored, and redacted afterwards. */
export const maskingSettings = {
  // Masking (G1, G3): for good, before anything is stored.
  /** Payment cards, all but the last four digits. */
  'masking.cards': setting({
    schema: Type.Boolean(),
    default: true,
    levels: everywhere,
    sensitive: true,
    weaker: 'off',
  }),
  /** Networks outside the promise that are masked as well. */
  'masking.card-networks': setting({
    schema: Type.Array(oneOf(...optionalNetworks), { uniqueItems: true }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  /** The default: what a check digit makes sure of. */
  'masking.detectors': setting({
    schema: Type.Array(oneOf(...otherDetectors), { uniqueItems: true }),
    default: ['iban', 'id-se', 'id-no', 'id-fi', 'id-de', 'id-fr', 'id-es', 'id-it', 'id-pl'],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  /** Countries whose phone numbers are known without `+` or `00`. */
  'masking.phone-countries': setting({
    schema: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { uniqueItems: true, maxItems: 8 }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: 'fewer',
  }),
  'masking.rules': setting({
    schema: Type.Array(AccountRule, { maxItems: ruleLimits.rules }),
    default: [],
    levels: everywhere,
    sensitive: true,
    weaker: { never: 'Without rules of the account the detectors mask.' },
  }),

  // Redaction of digits (G2): numbers with so many digits or more become asterisks: before they are stored, when the
  // conversation is resolved, or so many hours after each message.
  'redaction.mode': setting({
    schema: oneOf('off', 'at-once', 'resolved', 'hours'),
    default: 'off',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['at-once', 'resolved', 'hours', 'off'] },
  }),
  'redaction.after-hours': setting({
    schema: Type.Integer({ minimum: 12, maximum: 72 }),
    default: 24,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'redaction.least-digits': setting({
    schema: Type.Integer({ minimum: 1, maximum: 32 }),
    default: 6,
    levels: everywhere,
    sensitive: true,
    weaker: 'higher',
  }),
  'redaction.sides': setting({
    schema: oneOf('visitors', 'both'),
    default: 'visitors',
    levels: everywhere,
    sensitive: true,
    weaker: { strongestFirst: ['both', 'visitors'] },
  }),
} as const satisfies Record<string, Setting>;
