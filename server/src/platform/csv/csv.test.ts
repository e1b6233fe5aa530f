import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvRecord } from './index.ts';

test('quotes every cell, and doubles the quotes in it', () => {
  assert.equal(csvRecord(['a', 1, null, 'b "c", d\r\ne;=1+1']), '"a","1","","b ""c"", d\r\ne;=1+1"\r\n');
});

test('attack 53: lets no cell begin as a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']) {
    assert.equal(csvRecord([`${start}cmd|' /C calc'!A0`]), `"'${start}cmd|' /C calc'!A0"\r\n`);
  }
  assert.equal(csvRecord([-5, 'a=b', ' =b']), '"-5","a=b"," =b"\r\n');
});
