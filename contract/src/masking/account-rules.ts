import { ruleLimits, type AccountRule } from './configuration.ts';
import type { Span, Treatment } from './span.ts';

/** Compiles patterns that match in time linear in the text. Throws an error with a reason for people when it cannot. */
export interface PatternEngine {
  compile(pattern: string, options: { readonly ignoreCase: boolean }): CompiledPattern;
  /** Looks for several patterns in one pass. Returns which of them, by their place, match anywhere. */
  compileSet(patterns: readonly SetPattern[]): (text: string) => readonly number[];
}

export interface SetPattern {
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

export interface CompiledPattern {
  /** Instructions of the program: what each character of a text may cost. */
  readonly programSize: number;
  /** Whether it matches anywhere. */
  test(text: string): boolean;
  /** The first match that starts at `from` or later. */
  find(text: string, from: number): { readonly start: number; readonly end: number } | null;
}

export const unfitReasons = ['syntax', 'too-long', 'too-large', 'too-slow'] as const;
export type UnfitReason = (typeof unfitReasons)[number];

/** A rule that is refused: what about it, and with `syntax` what the compiler said. */
export class UnfitRule extends Error {
  override readonly name = 'UnfitRule';
  readonly ruleId: string;
  readonly reason: UnfitReason;

  constructor(ruleId: string, reason: UnfitReason, detail = '') {
    super(detail);
    this.ruleId = ruleId;
    this.reason = reason;
  }
}

interface CompiledRule {
  readonly id: string;
  readonly pattern: CompiledPattern;
  readonly treatment: Treatment;
}

/** Searches a folded text by all rules. Returns the rule at which the deadline passed, or null when all came to their end. */
export type RuleSearch = (text: string, report: (span: Span) => void) => string | null;

/** Throws UnfitRule for the first rule that is refused. */
export function compileRules(
  rules: readonly AccountRule[],
  { patterns, now }: { readonly patterns: PatternEngine | null; now(): number },
): RuleSearch {
  const used = rules.filter(({ enabled }) => enabled);
  if (used.length === 0) return () => null;
  if (patterns === null) throw new Error('Account rules need a pattern engine');
  const compiled = used.map((rule) => compileRule(rule, patterns));
  const matching = presearch(used, compiled, patterns);
  return (text, report) => {
    const deadline = now() + ruleLimits.deadlineMs;
    const late = () => now() > deadline;
    for (const { offset, window } of windowsOf(text)) {
      for (const rule of matching(window)) {
        if (late() || !findAll(rule, window, { report, offset, late })) return rule.id;
      }
    }
    return null;
  };
}

/**
 * The rules that match a text at all: few do, and asking all in one pass costs a fifth of asking each. Only while they
 * are no larger together than one alone may be, because a pass cannot be stopped.
 */
function presearch(
  rules: readonly AccountRule[],
  compiled: readonly CompiledRule[],
  patterns: PatternEngine,
): (text: string) => Iterable<CompiledRule> {
  const size = compiled.reduce((sum, { pattern }) => sum + pattern.programSize, 0);
  if (compiled.length === 1 || size > ruleLimits.programSize) return () => compiled;
  const search = patterns.compileSet(rules);
  return (text) => search(text).flatMap((place) => compiled[place] ?? []);
}

function windowsOf(text: string): { offset: number; window: string }[] {
  if (text.length <= ruleLimits.textLength) return [{ offset: 0, window: text }];
  const step = ruleLimits.textLength - ruleLimits.overlap;
  const count = Math.ceil((text.length - ruleLimits.overlap) / step);
  return Array.from({ length: count }, (_, index) => ({
    offset: index * step,
    window: text.slice(index * step, index * step + ruleLimits.textLength),
  }));
}

/** Our own loop, because finding all matches takes quadratic time for some patterns in every engine: `[^b]*b|a`. */
function findAll(
  { id, pattern, treatment }: CompiledRule,
  text: string,
  { report, offset, late }: { report: (span: Span) => void; offset: number; late: () => boolean },
): boolean {
  for (let from = 0; from <= text.length;) {
    if (late()) return false;
    const match = pattern.find(text, from);
    if (match === null) return true;
    if (match.end > match.start)
      report({
        start: offset + match.start,
        end: offset + match.end,
        kind: 'rule',
        ruleId: id,
        ...treatment,
      });
    from = match.end > match.start ? match.end : match.end + 1;
  }
  return true;
}

/** Refuses with UnfitRule: what is too long or too large, and what does not compile. */
function compileRule(rule: AccountRule, patterns: PatternEngine): CompiledRule {
  if (rule.pattern.length > ruleLimits.patternLength) throw new UnfitRule(rule.id, 'too-long');
  if (leastProgramSize(rule.pattern) > ruleLimits.programSize) throw new UnfitRule(rule.id, 'too-large');
  const pattern = compilePattern(rule, patterns);
  if (pattern.programSize > ruleLimits.programSize) throw new UnfitRule(rule.id, 'too-large');
  return { id: rule.id, pattern, treatment: treatmentOf(rule) };
}

function compilePattern(rule: AccountRule, patterns: PatternEngine): CompiledPattern {
  try {
    return patterns.compile(rule.pattern, { ignoreCase: rule.ignoreCase });
  } catch (error) {
    throw new UnfitRule(rule.id, 'syntax', error instanceof Error ? error.message : '');
  }
}

function treatmentOf({ action, keep }: AccountRule): Treatment {
  if (action === 'remove') return { how: 'remove', keep: 0 };
  return { how: 'all', keep: action === 'keep-last' ? keep : 0 };
}

/**
 * A lower bound of the program that a pattern compiles to, found without compiling it: `((a{1000}){100}` would take a
 * third of a second and 74 MB before its size could be asked for.
 */
function leastProgramSize(pattern: string): number {
  const open: number[] = [];
  let size = 0;
  let atom = 0;
  for (const [token] of pattern.matchAll(/\\.|\[(?:\\.|[^\]\\])+\]|\{\d+(?:,\d*)?\}|[\s\S]/g)) {
    const repeat = /^\{(\d+)(?:,(\d*))?\}$/.exec(token);
    if (token === '(') {
      open.push(size);
      size = 0;
      atom = 0;
    } else if (token === ')') {
      atom = size;
      size += open.pop() ?? 0;
    } else if (repeat !== null) {
      const times = Math.max(Number(repeat[1]), Number(repeat[2] ?? 0));
      size += atom * Math.max(0, times - 1);
      atom *= Math.max(1, times);
    } else {
      atom = 1;
      size += 1;
    }
  }
  return size + open.reduce((sum, outer) => sum + outer, 0);
}
