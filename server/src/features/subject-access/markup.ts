/** A piece of HTML that is safe to put into a document. Made by `markup` alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/** HTML with everything put in as text: only what `markup` itself has made stays markup. */
export function markup(letters: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    letters.reduce((text, letter, index) => text + markupOf(parts[index - 1] ?? '') + letter),
  );
}

function markupOf(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return part.map((each) => each.text).join('');
}

/**
 * Text that means nothing to a browser, in an element or a quoted attribute. Characters that no document may hold, and
 * those that turn the direction of what follows, are shown as what they are.
 */
function escaped(text: string): string {
  return text
    .replaceAll(/(?![\t\n\r])\p{Cc}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
