import {
  compileMasking,
  configurationOf,
  redactionTimeOf,
  splitKinds,
  withoutFinish,
  type Masked,
  type Masking,
  type MaskingConfiguration,
  type RedactionTime,
  type Side,
} from '@samtal/contract/masking';
import { isPhoneNumber } from '@samtal/contract/masking/phone-numbers';
import type { AttributeContent } from '@samtal/contract/visitors';
import type { Database } from '../../platform/database/index.ts';
import type { Log } from '../../platform/log/index.ts';
import { readSettings } from '../settings/index.ts';
import { maskedAsDeclared } from './declared-content.ts';
import type { RuleWorkers } from './rule-workers.ts';
import { SlowRules } from './slow-rules.ts';
import { readDisabledRules } from './strikes.ts';
import { UnfinishedNumbers } from './unfinished-numbers.ts';

/** How long a change of settings may go unnoticed by a node. */
const knownMs = 1_000;

/** What a text said before redaction of digits, where it may be read until it is due (G2). Everything else is masked in it. */
export interface Original {
  readonly text: string;
  /** So many after the message was written; null for when the conversation is resolved. */
  readonly dueHours: number | null;
}

/**
 * A text that has been masked. Only the masker makes one: the class is not exported, and its private field keeps anything
 * else from passing for it. What is appended to the conversation log has to be one (G1).
 */
class MaskedByUs {
  /** Everything masked and redacted: what may be kept. */
  readonly text: string;
  /** For the conversation log alone, which lets go of it in time. Null when it would say no more than the text. */
  readonly original: Original | null;
  readonly #masked = true;

  constructor(text: string, original: Original | null) {
    this.text = text;
    this.original = original;
  }

  /** As it stands in the body of an entry. */
  toJSON(): string {
    return this.#masked ? this.text : '';
  }
}
export type MaskedText = MaskedByUs;

/** A value of an attribute, and whether masking has changed it: then it says nothing of who it is about. */
export interface MaskedValue {
  readonly text: MaskedText;
  readonly changed: boolean;
}

interface Known {
  readonly until: number;
  readonly configuration: Promise<Readonly<Record<Side, Compiled>>>;
}

interface Compiled {
  readonly configuration: MaskingConfiguration;
  readonly redaction: RedactionTime;
  /** Everything but the account's rules, which run elsewhere. */
  readonly withoutRules: Masking;
  /** What is looked for over two messages. */
  readonly checked: Masking;
}

/** Masks what people write by the settings of their channel, before anything else becomes of it (G1 to G3). */
export class Masker {
  readonly #parts: { readonly database: Database; readonly rules: RuleWorkers; readonly log: Log };
  readonly #known = new Map<string, Known>();
  readonly #unfinished = new UnfinishedNumbers();
  readonly #slow: SlowRules;

  constructor(parts: { database: Database; rules: RuleWorkers; log: Log }) {
    this.#parts = parts;
    this.#slow = new SlowRules({ ...parts, disabled: () => this.#known.clear() });
  }

  /** The text as it may be stored. `channelId` is null where no channel is concerned. */
  async mask(
    account: string,
    { channelId, side }: { channelId: string | null; side: Side },
    text: string,
  ): Promise<MaskedText> {
    return await this.#maskBy(account, (await this.#compiled(account, channelId))[side], text);
  }

  /** A message of a writer, which may finish a number that the one before began. `writer` names who writes and where. */
  async maskMessage(
    account: string,
    { writer, channelId, side }: { writer: string; channelId: string | null; side: Side },
    text: string,
  ): Promise<MaskedText> {
    return await this.#unfinished.inTurn(`${account}/${writer}`, async (unfinished) => {
      const compiled = (await this.#compiled(account, channelId))[side];
      return await this.#maskBy(account, compiled, withoutFinish(compiled.checked, unfinished, text));
    });
  }

  async #maskBy(
    account: string,
    { configuration, redaction, withoutRules }: Compiled,
    text: string,
  ): Promise<MaskedText> {
    if (configuration.rules.length === 0) return settled(withoutRules.mask(text), redaction);
    const masked = await this.#parts.rules.mask(account, configuration, text);
    if (masked === null) {
      this.#slow.lookFor(account, configuration, text);
      return settled(withoutRules.failClosed(text, everyRule), redaction);
    }
    const { failedClosedAt } = masked;
    if (failedClosedAt !== null)
      await this.#slow.strike(
        account,
        configuration.rules.filter(({ id }) => id === failedClosedAt),
      );
    return settled(masked, redaction);
  }

  /**
   * A value of an attribute as it may be stored (D2). What the attribute is declared to hold is kept where the whole value is
   * that: what a detector finds; or an identifier, to which neither rules nor redaction apply, but detectors do.
   */
  async maskValue(
    account: string,
    channelId: string | null,
    { value, holds }: { value: string; holds: AttributeContent | null },
  ): Promise<MaskedValue> {
    const { configuration } = (await this.#compiled(account, channelId)).visitor;
    const declared = holds === null ? null : maskedAsDeclared(configuration, { value, holds });
    if (declared !== null) return { text: new MaskedByUs(declared, null), changed: declared !== value };
    const { text } = await this.mask(account, { channelId, side: 'visitor' }, value);
    return { text: new MaskedByUs(text, null), changed: text !== value };
  }

  async #compiled(account: string, channelId: string | null) {
    const key = `${account}/${channelId}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > Date.now()) return await known.configuration;
    if (this.#known.size > 10_000) this.#known.clear();
    const configuration = this.#read(account, channelId);
    this.#known.set(key, { until: Date.now() + knownMs, configuration });
    // What could not be read is asked for again.
    configuration.catch(() => this.#known.delete(key));
    return await configuration;
  }

  async #read(account: string, channelId: string | null): Promise<Readonly<Record<Side, Compiled>>> {
    const { settings, disabled } = await this.#parts.database.read(account, async (tx) => ({
      settings: await readSettings(tx, account, channelId),
      disabled: await readDisabledRules(tx, account),
    }));
    const compile = (side: Side): Compiled => {
      const all = configurationOf(settings, side);
      const configuration = { ...all, rules: all.rules.filter((rule) => !disabled(rule)) };
      const compiled = (changes: Partial<MaskingConfiguration>) =>
        compileMasking(
          { ...configuration, rules: [], ...changes },
          { patterns: null, isPhoneNumber, now: () => performance.now() },
        );
      const detectors = configuration.detectors.filter((kind) => splitKinds.includes(kind));
      return {
        configuration,
        redaction: redactionTimeOf(settings),
        withoutRules: compiled({}),
        checked: compiled({ detectors, digits: null }),
      };
    };
    return { visitor: compile('visitor'), agent: compile('agent') };
  }
}

function settled({ text, unredacted }: Masked, redaction: RedactionTime): MaskedText {
  if (redaction === 'at-once' || unredacted === text) return new MaskedByUs(text, null);
  return new MaskedByUs(text, {
    text: unredacted,
    dueHours: redaction === 'resolved' ? null : redaction.hours,
  });
}

/** Stands for a rule when rules were stopped by force: no rule has this id. */
const everyRule = '*';
