import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatsOf, languageName, regionalLocale } from './formats.ts';

test('takes the browser’s variant of the language, but none that is no language tag', () => {
  assert.equal(regionalLocale('en', ['sv-SE', 'en-GB']), 'en-GB');
  assert.equal(regionalLocale('en', ['en-US@posix', 'en-CA']), 'en-CA');
  assert.equal(regionalLocale('en', ['sv']), 'en');
});

test('says durations in their largest units', () => {
  const { duration } = formatsOf('en');
  assert.equal(duration(45_000), '45s');
  assert.equal(duration(12 * 60_000), '12m');
  assert.equal(duration(125 * 60_000), '2h 5m');
  assert.equal(duration(3 * 86_400_000), '3d');
  assert.equal(duration(-1), '0s');
});

test('says measured times, shares and UTC days', () => {
  const { seconds, percent, utcDay, longUtcDay } = formatsOf('en-GB');
  assert.deepEqual([0, 4.24, 59.6, 84, 3600, 7500, 176_400].map(seconds), [
    '0s',
    '4.2s',
    '1m',
    '1m 24s',
    '1h',
    '2h 5m',
    '2d 1h',
  ]);
  assert.equal(percent(0.8251), '82.5%');
  assert.equal(utcDay('2026-11-24T23:59:00Z'), '24 Nov');
  assert.equal(longUtcDay('2026-11-24T00:00:00Z'), 'Tuesday 24 November');
});

test('names today and yesterday', () => {
  const { day } = formatsOf('en');
  assert.equal(day(Date.now()), 'Today');
  assert.equal(day(Date.now() - 86_400_000), 'Yesterday');
});

test('names a language as it begins a line', () => {
  assert.equal(languageName('sv', 'sv'), 'Svenska');
});
