export interface Piece {
  readonly text: string;
  /** Where it leads; null for plain text. */
  readonly href: string | null;
}

const address = /\bhttps?:\/\/[^\s<>"'`]+/giu;

/** Takes a message apart into plain text and web addresses. Only http and https become links. */
export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTrailingMarks(match[0]);
    if (!isAddress(found)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), href: null });
    pieces.push({ text: found, href: found });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), href: null });
  return pieces;
}

/** A mark at the end belongs to the sentence; a bracket does too, unless it was opened inside the address. */
function withoutTrailingMarks(found: string): string {
  let kept = found;
  for (;;) {
    const last = kept.at(-1) ?? '';
    const opening = { ')': '(', ']': '[', '}': '{' }[last];
    const balanced = opening !== undefined && kept.split(opening).length >= kept.split(last).length;
    if (balanced || !/[.,:;!?…)\]}*_~’”»]/u.test(last)) return kept;
    kept = kept.slice(0, -1);
  }
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
