import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrastOf, textOn } from './contrast.ts';

test('black on white has the highest contrast there is', () => {
  assert.equal(contrastOf('#000000', '#ffffff').toFixed(2), '21.00');
});

test('dark colours get white text and light ones black', () => {
  assert.equal(textOn('#1f4b99'), '#ffffff');
  assert.equal(textOn('#ffd400'), '#000000');
});

test('text is readable (4.5:1) on every colour', () => {
  const steps = ['00', '33', '55', '66', '77', '88', '99', 'bb', 'ff'];
  for (const red of steps)
    for (const green of steps)
      for (const blue of steps) {
        const colour = `#${red}${green}${blue}`;
        assert.ok(contrastOf(colour, textOn(colour)) >= 4.5, colour);
      }
});
