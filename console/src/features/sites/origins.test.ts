import assert from 'node:assert/strict';
import { test } from 'node:test';
import { originOf } from './origins.ts';

test('keeps an origin as it is', () => {
  assert.equal(originOf('https://www.example.org'), 'https://www.example.org');
  assert.equal(originOf('http://localhost:3000'), 'http://localhost:3000');
  assert.equal(originOf('http://[::1]:8080'), 'http://[::1]:8080');
});

test('drops the path of a pasted address, and takes https where no scheme is said', () => {
  assert.equal(originOf(' https://Example.org/contact?x=1 '), 'https://example.org');
  assert.equal(originOf('example.org'), 'https://example.org');
});

test('refuses what is no web address', () => {
  assert.equal(originOf(''), null);
  assert.equal(originOf('two words'), null);
  assert.equal(originOf('ftp://example.org'), null);
  assert.equal(originOf('*.example.org'), null);
});
