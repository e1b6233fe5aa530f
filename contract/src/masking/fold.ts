/** A text as detectors and rules see it, and where its characters come from. */
export interface Folded {
  readonly text: string;
  /** For each code unit of `text`, where it starts in the original; null when nothing was folded. */
  readonly positions: readonly number[] | null;
}

/** Latin-1 without the no-break space and the soft hyphen: nothing in it needs folding. */
const needsFolding = /[^\t\n\r -~\u00a1-\u00ac\u00ae-\u00ff]/;

const decimalDigit = /^\p{Nd}$/u;
const ignorable = /^\p{Default_Ignorable_Code_Point}$/u;
const mark = /^\p{M}$/u;
const space = /^\p{Zs}$/u;
const dash = /^[\p{Pd}\u2212\u2043]$/u;

/**
 * Folds what evades detectors while people still read it: every decimal digit of Unicode becomes an ASCII one, width and
 * style variants of ASCII become ASCII (NFKC), spaces and dashes become ` ` and `-`, and what shows nothing (zero-width
 * characters, soft hyphens, marks on digits) goes. Everything else stays, so that spans found here lead back.
 */
export function fold(text: string): Folded {
  if (!needsFolding.test(text)) return { text, positions: null };
  let folded = '';
  const positions: number[] = [];
  let afterDigit = false;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const width = code > 0xffff ? 2 : 1;
    const to: string = code < 0x80 ? text.charAt(at) : foldedForm(code, afterDigit);
    for (let unit = 0; unit < to.length; unit += 1) positions.push(at + (to.length > 1 ? unit : 0));
    folded += to;
    if (to !== '') afterDigit = to >= '0' && to <= '9';
    at += width;
  }
  return folded === text ? { text, positions: null } : { text: folded, positions };
}

const plainForms = new Map<number, string>();

/** The empty text for what goes. A mark goes when it stands on a digit, such as the keycap of an emoji. */
function foldedForm(code: number, afterDigit: boolean): string {
  if (afterDigit && mark.test(String.fromCodePoint(code))) return '';
  const known = plainForms.get(code);
  if (known !== undefined) return known;
  const form = plainFormOf(code);
  // NOTE: bounded, because the texts that fill it are anybody's.
  if (plainForms.size >= 4_096) plainForms.clear();
  plainForms.set(code, form);
  return form;
}

function plainFormOf(code: number): string {
  const character = String.fromCodePoint(code);
  if (dash.test(character)) return '-';
  if (ignorable.test(character)) return '';
  if (space.test(character)) return ' ';
  if (decimalDigit.test(character)) return String(digitValue(code));
  const compatible = character.normalize('NFKC');
  return /^[!-~]$/.test(compatible) ? compatible : character;
}

/** Unicode keeps decimal digits together, from zero to nine, so a digit's value is its distance from the first (UAX 44). */
function digitValue(code: number): number {
  let distance = 0;
  while (decimalDigit.test(String.fromCodePoint(code - distance - 1))) distance += 1;
  return distance % 10;
}

/** Where the stretch from `start` to `end` of the folded text lies in the original. */
export function unfold({ positions }: Folded, original: string, start: number, end: number) {
  if (positions === null) return { start, end };
  const last = positions[end - 1] ?? 0;
  const high = original.charCodeAt(last);
  // A digit of two code units is one in the folded text; other pairs have a position for each half.
  const pair = high >= 0xd800 && high < 0xdc00 && positions[end] !== last + 1;
  return { start: positions[start] ?? 0, end: last + (pair ? 2 : 1) };
}
