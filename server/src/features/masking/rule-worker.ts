import { parentPort } from 'node:worker_threads';
import {
  compileMasking,
  type Masked,
  type Masking,
  type MaskingConfiguration,
} from '@samtal/contract/masking';
import { linearPatterns } from '@samtal/contract/masking/patterns';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';

/** One text to mask. The configuration comes along with the first text that needs it. */
export interface RuleTask {
  readonly key: string;
  readonly configuration: MaskingConfiguration;
  readonly text: string;
}

const compiled = new Map<string, Masking>();
const keptConfigurations = 200;

/** Processor time of this thread: a machine that has no time for us must not look like a slow rule. */
function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

function maskingFor({ key, configuration }: RuleTask): Masking {
  const known = compiled.get(key);
  if (known !== undefined) return known;
  if (compiled.size >= keptConfigurations) compiled.clear();
  const masking = compileMasking(configuration, { patterns: linearPatterns, isPhoneNumber, now: usedMs });
  compiled.set(key, masking);
  return masking;
}

/** Null when the rules cannot be used: nothing is known about the text then. */
function masked(task: RuleTask): Masked | null {
  try {
    return maskingFor(task).mask(task.text);
  } catch {
    return null;
  }
}

parentPort?.on('message', (task: RuleTask) => parentPort?.postMessage(masked(task)));
parentPort?.postMessage('ready');
