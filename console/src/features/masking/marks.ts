/** A stretch of a text that is to be shown as something, `end` excluded. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  /** `new`: masked by the draft alone; `gone`: by what is published alone; `kept`: by both. */
  readonly as: 'new' | 'gone' | 'kept';
  /** Says what found it. */
  readonly title: string;
}

export interface Piece {
  readonly at: number;
  readonly text: string;
  readonly mark: Mark | null;
}

/** A text in pieces, marked and not. Marks are in order and do not overlap. */
export function markedPieces(text: string, marks: readonly Mark[]): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const add = (end: number, mark: Mark | null) => {
    if (end > at) pieces.push({ at, text: text.slice(at, end), mark });
    at = Math.max(at, end);
  };
  for (const mark of marks) {
    add(mark.start, null);
    add(mark.end, mark);
  }
  add(text.length, null);
  return pieces;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * What two maskings of one text have in common and what each has alone, as marks in order. A stretch that both mask is
 * `kept`; what one of them masks beyond that is `new` or `gone`.
 */
export function compared<Span extends Stretch>(
  published: readonly Span[],
  draft: readonly Span[],
  say: (span: Span) => string,
): Mark[] {
  const borders = [...new Set([...published, ...draft].flatMap(({ start, end }) => [start, end]))].toSorted(
    (a, b) => a - b,
  );
  const covering = (spans: readonly Span[], at: number) =>
    spans.find(({ start, end }) => start <= at && at < end);
  const marks: Mark[] = [];
  for (const [index, start] of borders.entries()) {
    const end = borders[index + 1];
    if (end === undefined) continue;
    const [before, after] = [covering(published, start), covering(draft, start)];
    const span = after ?? before;
    if (span === undefined) continue;
    const as = after === undefined ? 'gone' : before === undefined ? 'new' : 'kept';
    const last = marks.at(-1);
    const title = say(span);
    if (last !== undefined && last.end === start && last.as === as && last.title === title)
      marks[marks.length - 1] = { ...last, end };
    else marks.push({ start, end, as, title });
  }
  return marks;
}
