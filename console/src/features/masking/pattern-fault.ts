/** What is wrong with a pattern, in words of ours: `masking.fault-<kind>` of the catalogue says it. */
export interface Fault {
  readonly kind: FaultKind;
  /** The part of the pattern that is meant; empty where there is none to show. */
  readonly at: string;
}

const kinds = {
  'missing closing )': 'open-group',
  'unexpected )': 'closed-group',
  'missing closing ]': 'open-class',
  'invalid character class range': 'class-range',
  'invalid escape sequence': 'escape',
  'missing argument to repetition operator': 'nothing-to-repeat',
  'invalid nested repetition operator': 'repeated-twice',
  'invalid repeat count': 'repeat-count',
  'invalid or unsupported Perl syntax': 'look-around',
  'invalid named capture': 'look-around',
  'trailing backslash at end of expression': 'trailing-backslash',
  'duplicate capture group name': 'same-name',
} as const;

export type FaultKind =
  | (typeof kinds)[keyof typeof kinds]
  | 'back-reference'
  | 'unreadable'
  | 'too-long'
  | 'too-large'
  | 'too-slow'
  | 'same-id';

const plain: readonly string[] = ['too-long', 'too-large', 'too-slow', 'same-id'] satisfies FaultKind[];

/**
 * What a refused rule's problem is, as the server or the engine says it: a reason (`too-slow`), or for what does not compile
 * `syntax: error parsing regexp: missing closing ): …` with RE2's words.
 */
export function faultOf(problem: string): Fault {
  if (plain.includes(problem)) return { kind: problem as FaultKind, at: '' };
  const [, what = '', at = ''] = /error parsing regexp: (.+?)(?:: `([\s\S]*)`)?$/.exec(problem) ?? [];
  if (/^\\[1-9k]/.test(at)) return { kind: 'back-reference', at };
  const kind: FaultKind = kinds[what as keyof typeof kinds] ?? 'unreadable';
  // Of brackets it names the whole pattern.
  return { kind, at: kind === 'open-group' || kind === 'closed-group' ? '' : at };
}
