import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxTextLength } from '@samtal/contract/conversations';
import fc from 'fast-check';
import { splitLinks } from './split-links.ts';

const links = (text: string) =>
  splitLinks(text)
    .filter(({ href }) => href !== null)
    .map(({ text }) => text);

test('text without an address is one piece', () => {
  assert.deepEqual(splitLinks('Hello there'), [{ text: 'Hello there', href: null }]);
  assert.deepEqual(splitLinks(''), []);
});

test('finds an address inside a sentence', () => {
  assert.deepEqual(splitLinks('See https://example.org/a?b=c#d now'), [
    { text: 'See ', href: null },
    { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
    { text: ' now', href: null },
  ]);
});

test('leaves the marks of the sentence outside', () => {
  assert.deepEqual(links('(see https://example.org/a). Or https://example.org/b! “http://example.org/c”'), [
    'https://example.org/a',
    'https://example.org/b',
    'http://example.org/c',
  ]);
});

test('keeps a bracket that belongs to the address', () => {
  assert.deepEqual(links('https://example.org/wiki/Alm_(tree)'), ['https://example.org/wiki/Alm_(tree)']);
});

test('attack 48: makes a link of nothing but http and https', () => {
  assert.deepEqual(links('javascript:alert(1) data:text/html,x ftp://example.org https:// https://'), []);
  assert.deepEqual(links('javascript:https://example.org/'), ['https://example.org/']);
});

test('whatever is written, the pieces are the text, and every link is http or https', (t) => {
  const seed = Number(process.env['SAMTAL_TEST_SEED'] ?? Date.now() % 2 ** 31);
  t.diagnostic(`seed ${seed} (SAMTAL_TEST_SEED)`);
  const word = fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom(' ', '(', ').', 'https://', 'javascript:'));
  const property = fc.property(fc.array(word), (words) => {
    const text = words.join('');
    const pieces = splitLinks(text);
    assert.equal(pieces.map((piece) => piece.text).join(''), text);
    for (const { href } of pieces) if (href !== null) assert.match(new URL(href).protocol, /^https?:$/);
  });
  fc.assert(property, { seed });
});

test('takes hostile texts apart that are as long as a message may be', () => {
  const nested = 'https://'.repeat(maxTextLength / 8);
  assert.equal(
    splitLinks(nested)
      .map(({ text }) => text)
      .join(''),
    nested,
  );
  const brackets = ')'.repeat(maxTextLength - 9);
  assert.deepEqual(splitLinks(`https://a${brackets}`), [
    { text: 'https://a', href: 'https://a' },
    { text: brackets, href: null },
  ]);
});
