import type { AccountRule, MaskingConfiguration } from '@samtal/contract/masking';
import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import type { RuleWorkers } from './rule-workers.ts';
import { addStrikes } from './strikes.ts';

interface SlowRulesParts {
  readonly database: Database;
  readonly rules: RuleWorkers;
  readonly log: Log;
  /** A rule of an account is not used any more. */
  readonly disabled: () => void;
}

/** Counts how often rules were too slow: after three times they are not used any more, on any node. */
export class SlowRules {
  readonly #parts: SlowRulesParts;
  /** Accounts whose slow rules are being looked for. */
  readonly #looking = new Set<string>();

  constructor(parts: SlowRulesParts) {
    this.#parts = parts;
  }

  async strike(account: string, slow: readonly AccountRule[]): Promise<void> {
    const { database, log, disabled } = this.#parts;
    if (slow.length === 0) return;
    log.warn('rule-too-slow', { accountId: account, count: slow.length });
    if (await database.transaction(account, async (tx) => await addStrikes(tx, account, slow))) disabled();
  }

  /**
   * Rules that had to be stopped by force, or cannot be used, do not say which of them it was. Each is asked alone, after the
   * text has been masked and while nobody waits for it; for one text of an account at a time.
   */
  lookFor(account: string, configuration: MaskingConfiguration, text: string): void {
    if (this.#looking.has(account)) return;
    this.#looking.add(account);
    this.#slowAlone(account, configuration, text)
      .then(async (slow) => await this.strike(account, slow))
      .catch((error: unknown) => this.#parts.log.warn('slow-rule-not-found', { accountId: account }, error))
      .finally(() => this.#looking.delete(account));
  }

  async #slowAlone(
    account: string,
    configuration: MaskingConfiguration,
    text: string,
  ): Promise<readonly AccountRule[]> {
    const { rules } = configuration;
    if (rules.length === 1) return rules;
    const slow: AccountRule[] = [];
    for (const rule of rules) {
      const alone = { ...configuration, detectors: [], digits: null, rules: [rule] };
      const masked = await this.#parts.rules.mask(account, alone, text);
      if (masked === null || masked.failedClosedAt !== null) slow.push(rule);
    }
    return slow;
  }
}
