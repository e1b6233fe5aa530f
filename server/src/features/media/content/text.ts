import { type ByteSource, mismatch } from './byte-source.ts';

/** What no text holds: control characters other than tab, new lines and form feed. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const control = /[\0-\x08\x0b\x0e-\x1f\x7f]/;
/** Markup, whatever the name says: the first thing in it is a tag, a doctype, a comment or a processing instruction. */
const markup = /^\ufeff?\s*<[a-z!?/]/i;

/** Plain text in UTF-8. */
export async function* textContent(source: ByteSource): AsyncGenerator<Buffer> {
  const start = new TextDecoder().decode(await source.peek(4096));
  if (markup.test(start) || /^(?:\ufeff?%PDF-|\{\\rtf)/.test(start)) throw mismatch();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const check = (piece: Buffer, stream: boolean) => {
    try {
      if (!control.test(decoder.decode(piece, { stream }))) return;
    } catch {
      // Not UTF-8.
    }
    throw mismatch();
  };
  for await (const piece of source.passRest()) {
    check(piece, true);
    yield piece;
  }
  check(Buffer.alloc(0), false);
}
