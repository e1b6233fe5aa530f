import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';

const dist = join(import.meta.dirname, '../dist');
const loader = readFileSync(join(dist, 'widget.js'));
const chatFiles = readdirSync(join(dist, 'widget'));
const chat = chatFiles.map((name) => readFileSync(join(dist, 'widget', name)));

function gzipped(files: readonly Buffer[]): number {
  return files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0);
}

test('the loader takes at most 4 KB, compressed, styles included', (t) => {
  const size = gzipped([loader]);
  t.diagnostic(`widget.js: ${size} bytes`);
  assert.ok(size <= 4 * 1024, `${size} bytes`);
});

test('loader and opened chat take at most 30 KB, compressed, styles included', (t) => {
  const size = gzipped([loader, ...chat]);
  t.diagnostic(`widget.js and ${chatFiles.join(', ')}: ${size} bytes`);
  assert.ok(size <= 30 * 1024, `${size} bytes`);
});

test('the chat is one module, named by its content, and the loader knows it', () => {
  assert.equal(chatFiles.length, 1);
  assert.match(chatFiles[0] ?? '', /^chat-[\w-]{8}\.js$/);
  assert.ok(loader.includes(`/widget/${chatFiles[0]}`));
});

test('neither carries the schemas of the contract', () => {
  for (const file of [loader, ...chat]) {
    assert.doesNotMatch(file.toString(), /typebox/i);
    assert.ok(!file.includes('additionalProperties'));
  }
});

test('neither needs more of a page than a strict Content-Security-Policy gives', () => {
  for (const file of [loader, ...chat]) {
    assert.doesNotMatch(
      file.toString(),
      /\beval\(|new Function|dangerouslySetInnerHTML=|insertAdjacentHTML|document\.write/,
    );
    assert.doesNotMatch(file.toString(), /createElement\(.(style|script).\)/);
  }
});

test('nothing leads to a source map', () => {
  for (const file of [loader, ...chat]) assert.ok(!file.includes('sourceMappingURL'));
});
