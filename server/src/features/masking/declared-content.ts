import { compileMasking, type Masked, type MaskingConfiguration } from '@samtal/contract/masking';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import type { AttributeContent } from '@samtal/contract/visitors';

/** An id of an account's own: one word, as a customer number or a user name. */
const identifier = /^\s*[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}\s*$/u;

/**
 * A value that is, as a whole, what its attribute is declared to hold: kept where a detector finds just that, and masked by
 * the detectors alone where it is an identifier. Null for a value that is something else.
 */
export function maskedAsDeclared(
  configuration: MaskingConfiguration,
  { value, holds }: { value: string; holds: AttributeContent },
): string | null {
  if (holds === 'identifier') return identifier.test(value) ? maskedBy(configuration, value).text : null;
  const [span] = maskedBy({ ...configuration, detectors: [holds] }, value).spans;
  const isAll = span !== undefined && value.slice(span.start, span.end) === value.trim();
  return isAll ? value : null;
}

/** By the detectors, without rules and redaction. */
function maskedBy(configuration: MaskingConfiguration, text: string): Masked {
  const detectorsOnly = { ...configuration, rules: [], digits: null };
  return compileMasking(detectorsOnly, { patterns: null, isPhoneNumber, now: () => 0 }).mask(text);
}
