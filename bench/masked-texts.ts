import { detectorKinds, type AccountRule } from '@samtal/contract/masking';
import type { SettingOverrides } from '@samtal/contract/settings';
import { Random } from '../contract/src/masking/corpus/random.ts';

const patterns = [
  String.raw`password:? \S+`,
  String.raw`\bKD-?\d{6}\b`,
  String.raw`pin(?: ?code)?:? ?\d{4}`,
  String.raw`\b[A-Z]{2}\d{7}\b`,
  String.raw`\bdiagnos\w*`,
  'iban',
  String.raw`\b\d{3}-\d{3}-\d{3}\b`,
  String.raw`(?:hemlig|secret)-\w+`,
  String.raw`https?://\S+`,
  String.raw`\bAKIA[0-9A-Z]{16}\b`,
  String.raw`policy no\.? \w{6,12}`,
  String.raw`\b[a-f0-9]{32}\b`,
];

/** A rule as an account writes it. */
export function ruleOf(pattern: string, id = 'rule'): AccountRule {
  return {
    id,
    name: pattern.slice(0, 80),
    pattern,
    ignoreCase: true,
    action: 'mask',
    keep: 0,
    enabled: true,
  };
}

/** Twelve rules of an account. */
export const twelveRules = patterns.map((pattern, index) => ruleOf(pattern, `rule-${index}`));

/** An account that has everything masked. */
export const everythingMasked: SettingOverrides = {
  'masking.cards': true,
  'masking.detectors': detectorKinds.filter((kind) => kind !== 'card'),
  'masking.phone-countries': ['SE'],
  'masking.rules': twelveRules,
};

/** An account that has nothing masked. */
export const nothingMasked: SettingOverrides = {
  'masking.cards': false,
  'masking.detectors': [],
  'masking.rules': [],
};

const words =
  'hello I would like to ask about my order and the invoice that came yesterday because it seems wrong could you please check what happened thank you so much för hjälpen med ärendet jag väntar här'.split(
    ' ',
  );

/** Chat messages of 96 bytes on average: most without digits, one in four with a number, some with a secret. */
export function chatMessages(count: number): string[] {
  const random = new Random(95);
  return Array.from({ length: count }, () => {
    const length = random.whole(60, 115);
    let text = '';
    while (text.length < length) text += `${random.one(words)} `;
    const chance = random.fraction();
    if (chance < 0.03) return `${text}4111 1111 1111 1111`;
    if (chance < 0.06) return `${text}070-123 45 67`;
    if (chance < 0.09) return `${text}anna@example.org`;
    if (chance < 0.1) return `${text}password: abc`;
    return chance < 0.25 ? `${text}order ${random.digits(8)}` : text;
  });
}
