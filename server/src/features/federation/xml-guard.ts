import { samlLimitBytes } from '@samtal/contract/federation';

/*
 * What a document must be like before any XML library sees it. It reads a small part of XML 1.0 and refuses the rest: no
 * declarations, comments, CDATA or processing instructions, no entities but the five and characters by number. What two
 * parsers could understand differently is not let through to either.
 */

/** The document is not what we let in. Nothing of it is in the message. */
export class UnfitXmlError extends Error {
  override readonly name = 'UnfitXmlError';
}

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** As they stand, by their whole name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly parent: XmlElement | null;
  readonly children: XmlElement[];
  /** Its own text, as it stands. */
  text: string;
}

const limits = { elements: 2000, depth: 40, tagCharacters: 8 * 1024 };
const name = String.raw`[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?`;
const declaration =
  /^<\?xml version=["']1\.0["']( encoding=["'][Uu][Tt][Ff]-8["'])?( standalone=["'](yes|no)["'])?\s*\?>/;
const tag = new RegExp(`<(/?)(${name})((?:\\s+${name}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'y');
const attribute = new RegExp(`(${name})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const badText =
  /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)|\]\]>|[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Every element of the document in its order, the root first. Throws UnfitXmlError. */
export function readGuarded(bytes: Buffer): readonly [XmlElement, ...XmlElement[]] {
  if (bytes.length > samlLimitBytes) throw new UnfitXmlError('too-large');
  let xml: string;
  try {
    xml = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnfitXmlError('not-utf-8');
  }
  const start = declaration.exec(xml)?.[0].length ?? 0;
  refuseUnless(!xml.includes('<!') && !xml.includes('<?', start), 'markup');
  refuseUnless(!badText.test(xml), 'characters');
  return elementsOf(xml, start);
}

function elementsOf(xml: string, start: number): readonly [XmlElement, ...XmlElement[]] {
  const elements: XmlElement[] = [];
  const open: { element: XmlElement; tagName: string }[] = [];
  let at = start;
  while (at < xml.length) {
    const next = xml.indexOf('<', at);
    const text = xml.slice(at, next === -1 ? undefined : next);
    const inside = open.at(-1)?.element;
    if (inside === undefined) refuseUnless(text.trim() === '', 'text-outside');
    else inside.text += text;
    if (next === -1) break;
    tag.lastIndex = next;
    const [whole = '', closing, tagName = '', attributes = '', empty] = tag.exec(xml) ?? [];
    refuseUnless(whole !== '' && whole.length <= limits.tagCharacters, 'tag');
    at = next + whole.length;
    if (closing === '/') {
      refuseUnless(attributes === '' && empty === '' && open.pop()?.tagName === tagName, 'nesting');
      continue;
    }
    refuseUnless(inside !== undefined || elements.length === 0, 'several-roots');
    const element = newElement(tagName, attributesOf(attributes), inside ?? null);
    elements.push(element);
    refuseUnless(elements.length <= limits.elements, 'too-many-elements');
    if (empty !== '/') open.push({ element, tagName });
    refuseUnless(open.length <= limits.depth, 'too-deep');
  }
  const [root, ...others] = elements;
  if (root === undefined || open.length > 0) throw new UnfitXmlError('nesting');
  return [root, ...others];
}

function newElement(
  tagName: string,
  attributes: ReadonlyMap<string, string>,
  parent: XmlElement | null,
): XmlElement {
  const element = { name: localName(tagName), attributes, parent, children: [], text: '' };
  parent?.children.push(element);
  return element;
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, key = '', double, single] of text.matchAll(attribute)) {
    refuseUnless(!found.has(key), 'attribute-twice');
    found.set(key, double ?? single ?? '');
  }
  return found;
}

export function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(':') + 1);
}

export function refuseUnless(condition: boolean, because: string): asserts condition {
  if (!condition) throw new UnfitXmlError(because);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** What is meant by text or a value as it stands. */
export function unescaped(raw: string): string {
  return raw.replaceAll(/&(?:#x([0-9A-Fa-f]+)|#([0-9]+)|(\w+));/g, (_, hex, decimal, word) => {
    if (typeof word === 'string') return named[word] ?? '';
    const point = typeof hex === 'string' ? parseInt(hex, 16) : Number(decimal);
    return point <= 0x10ffff ? String.fromCodePoint(point) : '';
  });
}

/** The value of an attribute by its local name; '' without it. */
export function valueOf(attributes: ReadonlyMap<string, string> | undefined, wanted: string): string {
  for (const [key, value] of attributes ?? []) if (localName(key) === wanted) return unescaped(value);
  return '';
}
