import { parentPort } from 'node:worker_threads';
import {
  compileMasking,
  ruleLimits,
  type Masked,
  type Masking,
  type MaskingConfiguration,
} from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import { KnownConfigurations } from './known-configurations.ts';

/** Texts to mask. The configuration is null when it came along with an earlier task. */
export interface RuleTask {
  readonly key: string;
  readonly configuration: MaskingConfiguration | null;
  readonly texts: readonly string[];
}

/**
 * What became of the first of the texts, at least of one. Those behind were not begun, because time was up. Null for a text
 * whose rules cannot be used: nothing is known about it.
 */
export type RuleAnswer = readonly (Masked | null)[];

const compiled = new KnownConfigurations<Masking | null>();

/** Processor time of this thread: a machine that has no time for us must not look like a slow rule. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function compile(configuration: MaskingConfiguration): Masking | null {
  try {
    return compileMasking(configuration, { patterns: linearPatterns, isPhoneNumber, now: usedMs });
  } catch {
    return null;
  }
}

function masked(masking: Masking | null, text: string): Masked | null {
  try {
    return masking?.mask(text) ?? null;
  } catch {
    return null;
  }
}

function answerTo({ key, configuration, texts }: RuleTask): RuleAnswer {
  if (configuration !== null) compiled.add(key, compile(configuration));
  const masking = compiled.get(key) ?? null;
  const until = usedMs() + ruleLimits.deadlineMs;
  const answer: (Masked | null)[] = [];
  for (const text of texts) {
    answer.push(masked(masking, text));
    if (usedMs() > until) break;
  }
  return answer;
}

parentPort?.on('message', (task: RuleTask) => parentPort?.postMessage(answerTo(task)));
parentPort?.postMessage('ready');
