import { closed, oneOf, nullable, Type, type Static } from '../shared/index.ts';

/**
 * What the engine finds by itself, the most telling first: where two find the same stretch, it is called by the first.
 * National ids carry their country (ISO 3166-1) and, where it has several, their name.
 */
export const detectorKinds = [
  'card',
  'iban',
  'email',
  'ip-address',
  'id-se',
  'id-no',
  'id-dk',
  'id-fi',
  'id-de',
  'id-fr',
  'id-es',
  'id-it',
  'id-nl',
  'id-pl',
  'id-gb-nino',
  'id-gb-nhs',
  'id-us-ssn',
  'id-us-itin',
  'phone',
] as const;
export type DetectorKind = (typeof detectorKinds)[number];

/** Card networks outside the promise of G3: their numbers stay as they are unless the account says otherwise. */
export const optionalNetworks = [
  'maestro',
  'unionpay',
  'rupay',
  'elo',
  'mir',
  'verve',
  'hiper',
  'troy',
] as const;
export type OptionalNetwork = (typeof optionalNetworks)[number];

/** What keeps an account's own rules from slowing anybody down. Lengths in UTF-16 code units. */
export const ruleLimits = {
  rules: 50,
  patternLength: 512,
  /** Instructions of the compiled pattern. */
  programSize: 2_000,
  /** Longer texts are searched in windows of this length that overlap. */
  textLength: 8_192,
  /** A match that is longer than this may be missed where two windows meet. */
  overlap: 128,
  /** For all rules and one text. */
  deadlineMs: 50,
} as const;

export const ruleActions = ['mask', 'remove', 'keep-last'] as const;

export const AccountRule = closed({
  id: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }),
  name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S' }),
  /** Syntax of RE2: no look-around, no back-references. Sees the folded text (docs/subsystems/masking.md). */
  pattern: Type.String({ minLength: 1, maxLength: ruleLimits.patternLength }),
  ignoreCase: Type.Boolean(),
  /** `mask`: each character an asterisk. `remove`: an ellipsis in its place. `keep-last`: mask all but the last `keep`. */
  action: oneOf(...ruleActions),
  keep: Type.Integer({ minimum: 0, maximum: 16 }),
  enabled: Type.Boolean(),
});
export type AccountRule = Static<typeof AccountRule>;

/** Everything that decides what is masked, as plain JSON: it is kept as versioned configuration. */
export const MaskingConfiguration = closed({
  detectors: Type.Array(oneOf(...detectorKinds), { uniqueItems: true }),
  /** Networks that card masking covers beyond Visa, Mastercard, American Express, Diners Club, Discover and JCB. */
  alsoNetworks: Type.Array(oneOf(...optionalNetworks), { uniqueItems: true }),
  /** Countries (ISO 3166-1) whose phone numbers are known in their national form, too. Others need `+` or `00`. */
  phoneCountries: Type.Array(Type.String({ pattern: '^[A-Z]{2}$' }), { uniqueItems: true, maxItems: 8 }),
  rules: Type.Array(AccountRule, { maxItems: ruleLimits.rules }),
  /** Redaction of digits (G2): numbers with so many digits or more; null for none. */
  digits: nullable(Type.Integer({ minimum: 1, maximum: 32 })),
});
export type MaskingConfiguration = Static<typeof MaskingConfiguration>;

/** What a masked stretch was: found by a detector, by a rule, by redaction of digits, or masked unjudged by failing closed. */
export type FoundKind = DetectorKind | 'rule' | 'digits' | 'unjudged';
