import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endsWith, isCharacterKeys, parseKeys, worksInFields, type KeyPress } from './keys.ts';

const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

test('takes a sequence of two keys only in order', () => {
  const keys = parseKeys('g m');
  assert.equal(endsWith([press('g'), press('m')], keys), true);
  assert.equal(endsWith([press('m'), press('g')], keys), false);
  assert.equal(endsWith([press('m')], keys), false);
});

test('takes Ctrl and Command alike for mod, and nothing without it', () => {
  const keys = parseKeys('mod+shift+enter');
  assert.equal(endsWith([press('Enter', { ctrlKey: true, shiftKey: true })], keys), true);
  assert.equal(endsWith([press('Enter', { metaKey: true, shiftKey: true })], keys), true);
  assert.equal(endsWith([press('Enter', { shiftKey: true })], keys), false);
  assert.equal(endsWith([press('Enter', { ctrlKey: true })], keys), false);
});

test('takes a sign whether or not the keyboard needs Shift for it', () => {
  assert.equal(endsWith([press('?', { shiftKey: true })], parseKeys('?')), true);
  assert.equal(endsWith([press('?')], parseKeys('?')), true);
});

test('leaves the browser’s own keys alone', () => {
  assert.equal(endsWith([press('r', { ctrlKey: true })], parseKeys('r')), false);
  assert.equal(endsWith([press('T', { shiftKey: true })], parseKeys('t')), false);
});

test('lets only keys with Ctrl or Command work in fields', () => {
  assert.equal(worksInFields(parseKeys('mod+shift+enter')), true);
  assert.equal(worksInFields(parseKeys('r')), false);
  assert.equal(worksInFields(parseKeys('alt+arrowdown')), false);
});

test('knows which shortcuts are plain characters', () => {
  assert.equal(isCharacterKeys(parseKeys('g m')), true);
  assert.equal(isCharacterKeys(parseKeys('alt+arrowdown')), false);
  assert.equal(isCharacterKeys(parseKeys('mod+shift+enter')), false);
});
