import { compileMasking, detectorKinds } from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { runFromCommandLine } from './command-line.ts';
import { shown, spreadOf, type Benchmark, type BenchmarkOptions, type Finding } from './findings.ts';
import { chatMessages, twelveRules } from './masked-texts.ts';

/** How many messages a processor core masks in a second, with everything on. */
export const maskingThroughput: Benchmark = { name: 'masking', run: measureThroughput };

async function measureThroughput({ rounds, seconds }: BenchmarkOptions): Promise<Finding[]> {
  const texts = chatMessages(20_000);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / texts.length;
  const all = compileMasking(
    {
      detectors: [...detectorKinds],
      alsoNetworks: [],
      phoneCountries: ['SE'],
      rules: twelveRules,
      digits: null,
    },
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
