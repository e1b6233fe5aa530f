import { compileMasking, detectorKinds, type AccountRule } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { Random } from '../contract/src/masking/corpus/random.ts';
import { runFromCommandLine } from './command-line.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';

/** How many messages a processor core masks in a second, with everything on. */
export const maskingThroughput: Benchmark = { name: 'masking', run: measureThroughput };

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
const rules = patterns.map((pattern, index): AccountRule => ({
  id: `rule-${index}`,
  name: pattern,
  pattern,
  ignoreCase: true,
  action: 'mask',
  keep: 0,
  enabled: true,
}));

const words =
  'hello I would like to ask about my order and the invoice that came yesterday because it seems wrong could you please check what happened thank you so much för hjälpen med ärendet jag väntar här'.split(
    ' ',
  );

/** Chat messages of 95 bytes on average: most without digits, one in four with a number, some with a secret. */
function messages(count: number): string[] {
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

async function measureThroughput({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const texts = messages(20_000);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
  const all = compileMasking(
    { detectors: [...detectorKinds], alsoNetworks: [], phoneCountries: ['SE'], rules, digits: null },
    { patterns: linearPatterns, isPhoneNumber, now: () => performance.now() },
  );
  const programs = {
    masked: (text: string) => all.mask(text).text,
    trivial: (text: string) => text.replace(/\d{4,}/g, '****'),
  };
  const rates = { masked: [] as number[], trivial: [] as number[] };
  const turnMs = Math.min(seconds, 3) * 1_000;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0
      ? (['masked', 'trivial'] as const)
      : (['trivial', 'masked'] as const)) {
      const rate = perCoreSecond(programs[name], texts, turnMs);
      // The first round warms up.
      if (round > 0) rates[name].push(rate);
    }
  }
  const masked = spreadOf(rates.masked);
  const trivial = spreadOf(rates.trivial);
  return [
    {
      what: 'messages masked per second of processor time, all detectors and 12 rules of the account',
      measured: shown(masked, 0),
      target: '≥ 100000',
      met: masked.median >= 100_000,
      from: `${bytes.toFixed(0)} bytes on average`,
    },
    {
      what: 'the same, against replacing runs of four digits by one built-in regular expression',
      measured: `${(masked.median / trivial.median).toFixed(3)} of it`,
      target: null,
      met: null,
      from: `trivial: ${shown(trivial, 0)}/s`,
    },
  ];
}

/** Processor time hardly depends on who else is at work. */
function perCoreSecond(program: (text: string) => string, texts: readonly string[], turnMs: number): number {
  const until = performance.now() + turnMs;
  const before = process.cpuUsage();
  let count = 0;
  while (performance.now() < until) {
    for (const text of texts) program(text);
    count += texts.length;
  }
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1_000_000);
}

if (import.meta.main) await runFromCommandLine([maskingThroughput]);
