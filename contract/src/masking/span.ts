import type { FoundKind } from './configuration.ts';

/** Finds stretches of folded text and reports where they start and end. */
export type Detector = (text: string, report: (start: number, end: number) => void) => void;

/** What becomes of a stretch. `form` keeps separators and punctuation, so that one sees what kind of thing was there. */
export interface Treatment {
  readonly how: 'form' | 'all' | 'remove';
  /** So many letters and digits at the end stay. */
  readonly keep: number;
}

/** A stretch of text to be masked, `end` excluded. */
export interface Span extends Treatment {
  readonly start: number;
  readonly end: number;
  readonly kind: FoundKind;
  /** The rule that found it; null for everything else. */
  readonly ruleId: string | null;
}

/**
 * Makes spans that never overlap, in the order of the text. The longest wins; of equals the one that came first. What
 * is left of a shorter one beside it is masked as well, and keeps nothing.
 */
export function withoutOverlaps(spans: readonly Span[]): Span[] {
  if (spans.length < 2) return [...spans];
  const settled: Span[] = [];
  for (const span of spans.toSorted((a, b) => b.end - b.start - (a.end - a.start))) {
    let pieces: Span[] = [span];
    for (const other of settled) {
      pieces = pieces.flatMap((piece) => beside(piece, other));
      if (pieces.length === 0) break;
    }
    settled.push(...pieces);
  }
  return settled.toSorted((a, b) => a.start - b.start);
}

function beside(span: Span, other: Span): Span[] {
  if (other.start >= span.end || other.end <= span.start) return [span];
  const left = { ...span, keep: 0, end: other.start };
  const right = { ...span, keep: 0, start: other.end };
  return [left, right].filter(({ start, end }) => end > start);
}
