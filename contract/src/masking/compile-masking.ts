import { compileRules, type PatternEngine, type RuleSearch } from './account-rules.ts';
import { cardDetector } from './cards.ts';
import {
  detectorKinds,
  type DetectorKind,
  type FoundKind,
  type MaskingConfiguration,
} from './configuration.ts';
import { digitRunDetector } from './digit-runs.ts';
import { detectEmails } from './emails.ts';
import { fold, unfold } from './fold.ts';
import { detectIbans } from './ibans.ts';
import { detectIpAddresses } from './ip-addresses.ts';
import { nationalIdDetector } from './national-ids.ts';
import { phoneDetector } from './phones.ts';
import { render } from './render.ts';
import { withoutOverlaps, type Detector, type Span } from './span.ts';

/** What the engine does not bring itself, because of its size or because it is an effect. */
export interface MaskingTools {
  /** Compiles account rules; `@samtal/contract/masking/patterns` has one. Null where no account rules are used. */
  readonly patterns: PatternEngine | null;
  /** Whether this is a phone number, as written, in international form or in the national form of one of the countries. */
  readonly isPhoneNumber: ((written: string, countries: readonly string[]) => boolean) | null;
  /** A clock in milliseconds, for the deadline of account rules. */
  now(): number;
}

/** A stretch that was masked, `end` excluded. */
export interface MaskedStretch {
  /** In the original text. */
  readonly start: number;
  readonly end: number;
  /** What is left of it, in the masked text. */
  readonly left: { readonly start: number; readonly end: number };
  readonly kind: FoundKind;
  /** The rule that found it; null for everything else. */
  readonly ruleId: string | null;
}

/** What masking made of a text. Says where and what kind, and never what stood there. */
export interface Masked {
  /** Everything masked, digits redacted. */
  readonly text: string;
  /** The same without redaction of digits (G2), for whoever may read numbers until they are due. */
  readonly unredacted: string;
  /** In order, without overlaps. */
  readonly spans: readonly MaskedStretch[];
  readonly found: Readonly<Partial<Record<FoundKind, number>>>;
  /** The rule that took too long, so that all digits were masked unjudged instead; null when all was judged. */
  readonly failedClosedAt: string | null;
}

export interface Masking {
  mask(text: string): Masked;
  /** What is left to do when nobody can tell what the rules would have found: masks every digit as well. */
  failClosed(text: string, rule: string): Masked;
}

/**
 * Makes a masker of a configuration. Cards come first, then other detectors, account rules, and redaction of digits;
 * all see the same folded text and none sees what another made of it. Throws UnfitRule for a rule that is refused, and
 * an error when the configuration needs a tool that was not given.
 */
export function compileMasking(configuration: MaskingConfiguration, tools: MaskingTools): Masking {
  const detectors = detectorKinds
    .filter((kind) => configuration.detectors.includes(kind))
    .map((kind) => ({ kind, detect: detectorOf(kind, configuration, tools) }));
  const rules = compileRules(configuration.rules, tools);
  const redact = configuration.digits === null ? null : digitRunDetector(configuration.digits);
  const mostKept = configuration.digits === null ? Number.POSITIVE_INFINITY : configuration.digits - 1;

  const maskBy = (text: string, search: RuleSearch): Masked => {
    const folded = fold(text);
    const spans: Span[] = [];
    const digits = countDigits(folded.text);
    const hasAt = folded.text.includes('@');
    for (const { kind, detect } of detectors) {
      if (kind === 'email' ? !hasAt : digits < leastDigits[kind]) continue;
      const keep = kind === 'card' ? 4 : 0;
      detect(folded.text, (start, end) => spans.push({ start, end, kind, ruleId: null, how: 'form', keep }));
    }
    const failedClosedAt = search(folded.text, (span) => spans.push(span));
    if (failedClosedAt !== null)
      everyDigit(folded.text, (start, end) => spans.push({ start, end, ...unjudged }));
    const beforeRedaction = spans.length;
    if (digits > 0) redact?.(folded.text, (start, end) => spans.push({ start, end, ...redacted }));
    if (spans.length === 0) return { ...untouched(text), failedClosedAt };
    const settle = (some: readonly Span[]) =>
      withoutOverlaps(some).map((span) => ({ ...span, ...unfold(folded, text, span.start, span.end) }));
    const all = settle(spans);
    const masked = render(text, all, mostKept);
    return {
      text: masked.text,
      unredacted:
        redact === null
          ? masked.text
          : render(text, settle(spans.slice(0, beforeRedaction)), Number.POSITIVE_INFINITY).text,
      spans: all.map(({ start, end, kind, ruleId }, index) => ({
        start,
        end,
        left: masked.places[index] ?? { start, end },
        kind,
        ruleId,
      })),
      found: countsOf(all),
      failedClosedAt,
    };
  };
  return {
    mask: (text) => maskBy(text, rules),
    failClosed: (text, rule) => maskBy(text, () => rule),
  };
}

const everyDigit = digitRunDetector(1);
const unjudged = { kind: 'unjudged', ruleId: null, how: 'form', keep: 0 } as const;
const redacted = { kind: 'digits', ruleId: null, how: 'form', keep: 0 } as const;

/** What a text must have at least before it is worth looking: most texts have no digits at all. */
const leastDigits: Readonly<Record<Exclude<DetectorKind, 'email'>, number>> = {
  card: 13,
  iban: 2,
  'ip-address': 1,
  'id-se': 10,
  'id-no': 11,
  'id-dk': 10,
  'id-fi': 9,
  'id-de': 11,
  'id-fr': 14,
  'id-es': 7,
  // Letters stand for some of its seven where people would share it.
  'id-it': 2,
  'id-nl': 9,
  'id-pl': 11,
  'id-gb-nino': 6,
  'id-gb-nhs': 10,
  'id-us-ssn': 9,
  'id-us-itin': 9,
  phone: 7,
};

function countDigits(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) count += 1;
  }
  return count;
}

function untouched(text: string): Masked {
  return { text, unredacted: text, spans: [], found: {}, failedClosedAt: null };
}

function countsOf(spans: readonly Span[]): Partial<Record<FoundKind, number>> {
  const found: Partial<Record<FoundKind, number>> = {};
  for (const { kind } of spans) found[kind] = (found[kind] ?? 0) + 1;
  return found;
}

function detectorOf(
  kind: DetectorKind,
  { alsoNetworks, phoneCountries }: MaskingConfiguration,
  { isPhoneNumber }: MaskingTools,
): Detector {
  switch (kind) {
    case 'card':
      return cardDetector(alsoNetworks);
    case 'email':
      return detectEmails;
    case 'phone':
      if (isPhoneNumber === null) throw new Error('Phone numbers need something that knows them');
      return phoneDetector(isPhoneNumber, phoneCountries);
    case 'iban':
      return detectIbans;
    case 'ip-address':
      return detectIpAddresses;
    default:
      return nationalIdDetector(kind);
  }
}
