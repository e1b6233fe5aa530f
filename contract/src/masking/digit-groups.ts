/** A run of digits in folded text, `end` excluded. */
export interface DigitGroup {
  readonly start: number;
  readonly end: number;
  /** Whether only separators stand between it and the group before: at most three of space, tab, dash, dot. */
  readonly joined: boolean;
  /** Whether exactly one separator does. */
  readonly tight: boolean;
}

const groups = /([ \t.-]*)(\d+)/g;

/** All runs of digits, in their order. */
export function digitGroups(text: string): DigitGroup[] {
  const found: DigitGroup[] = [];
  let previousEnd = -1;
  for (const match of text.matchAll(groups)) {
    const separators = match[1]?.length ?? 0;
    const adjacent = match.index === previousEnd;
    const start = match.index + separators;
    const end = match.index + match[0].length;
    found.push({
      start,
      end,
      joined: adjacent && separators <= 3,
      tight: adjacent && separators === 1,
    });
    previousEnd = end;
  }
  return found;
}
